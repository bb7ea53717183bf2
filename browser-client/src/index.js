// SPDX-License-Identifier: Apache-2.0

/**
 * The client of Sluice, for browsers and Node.
 *
 * @typedef {import('./client.js').ClientEvents} ClientEvents
 * @typedef {import('./client.js').ClientOptions} ClientOptions
 * @typedef {import('./client.js').CloudEvent} CloudEvent
 * @typedef {import('./client.js').Cursor} Cursor
 * @typedef {import('./client.js').EventContext} EventContext
 * @typedef {import('./client.js').EventHandler} EventHandler
 * @typedef {import('./client.js').From} From
 * @typedef {import('./client.js').Gap} Gap
 * @typedef {import('./client.js').Metrics} Metrics
 * @typedef {import('./client.js').State} State
 * @typedef {import('./client.js').StateChange} StateChange
 * @typedef {import('./rollout.js').TransportName} TransportName
 */
export { Client, createClient } from './client.js';
export { SluiceError, TokenUnavailable } from './errors.js';

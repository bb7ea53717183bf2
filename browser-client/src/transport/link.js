// SPDX-License-Identifier: Apache-2.0

/**
 * One attempt to be connected, by one transport. It is opened once and closes once.
 *
 * @typedef {object} Link
 * @property {import('../rollout.js').TransportName} transport
 * @property {(frame: import('../frames.js').ClientFrame) => void} send  what cannot be sent any more is dropped: the next
 *   attempt asks for all anew
 * @property {() => void} probe  asks for a sign of life, which comes soon if there is any
 * @property {() => void} close  from here on it tells nothing any more
 *
 * What it tells, in the order in which things happen.
 * @typedef {object} LinkListener
 * @property {() => void} onOpen  the way is free, where no `welcome` says so
 * @property {() => void} onHeard  something came, if only a sign of life
 * @property {(frame: import('../frames.js').ServerFrame) => void} onFrame
 * @property {(problem: string) => void} onBadFrame
 * @property {(ending: LinkEnding) => void} onClose  the last thing it tells
 *
 * `unavailable`: this transport seems not to get through here, so that another one is worth a try.
 * @typedef {import('../reconnect-policy.js').Ending & {unavailable?: boolean}} LinkEnding
 *
 * @typedef {object} LinkOptions
 * @property {import('../environment.js').Environment} env
 * @property {URL} url  of the gateway
 * @property {string} token
 * @property {() => Record<string, import('../cursors.js').From>} wanted  services and where each goes on, as of now
 */

/** What this client calls itself in the handshake. */
export const CLIENT = { name: '@sluice/client', version: '0.1.0' };

export {};

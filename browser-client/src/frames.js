// SPDX-License-Identifier: Apache-2.0

/**
 * The frames of docs/protocol.md section 4.
 *
 * @typedef {import('./cursors.js').Cursor} Cursor
 * @typedef {import('./cursors.js').From} From
 *
 * A CloudEvents 1.0 event, as it was published.
 * @typedef {{id: string, source: string, type: string, specversion: string, time?: string, subject?: string, data?: unknown,
 *   [attribute: string]: unknown}} CloudEvent
 *
 * @typedef {{type: 'welcome', session: string, node: string, protocol: number, org: string | null, user: string | null,
 *   services: string[], heartbeatMs: number, serverTime: number, tokenExpiresAt: number, flags?: unknown}} WelcomeFrame
 * @typedef {{type: 'subscribed', service: string, epoch: string, seq: number, recovered?: boolean, reason?: string,
 *   replayed?: number, earliest?: number}} SubscribedFrame
 * @typedef {{type: 'event', service: string, epoch: string, seq: number, events: CloudEvent[], timestamp: number,
 *   replay?: boolean}} EventFrame
 * @typedef {{type: 'gap', service: string, epoch: string, from: number, to: number, reason: string}} GapFrame
 * @typedef {{type: 'heartbeat', serverTime: number, heads: Record<string, Cursor>}} HeartbeatFrame
 * @typedef {{type: 'warning', code: string, service?: string, [detail: string]: unknown}} WarningFrame
 * @typedef {{type: 'goaway', reason: string, reconnectAfterMs: number, deadlineMs: number}} GoAwayFrame
 * @typedef {{type: 'flags', realtime: boolean, rolloutPercent: number, transports: string[]}} FlagsFrame
 * @typedef {{type: 'pong', t?: number | string}} PongFrame
 * @typedef {{type: 'error', code: string, message: string, fatal: boolean, retryAfterMs?: number,
 *   closeCode?: number}} ErrorFrame
 * @typedef {WelcomeFrame | SubscribedFrame | EventFrame | GapFrame | HeartbeatFrame | WarningFrame | GoAwayFrame | FlagsFrame
 *   | PongFrame | ErrorFrame} ServerFrame
 *
 * @typedef {{type: 'handshake', token: string, services: string[], cursors: Record<string, From>,
 *     client: {name: string, version: string}}
 *   | {type: 'subscribe', services: string[], cursors: Record<string, From>}
 *   | {type: 'unsubscribe', services: string[]}
 *   | {type: 'refresh', token: string}
 *   | {type: 'ping', t: number}} ClientFrame
 */

/**
 * Whether something that came is a frame: what JSON says of its type is believed, what is inside is the server's word.
 *
 * @param {unknown} value
 * @returns {value is ServerFrame}
 */
export function isFrame(value) {
  return typeof value === 'object' && value !== null && typeof (/** @type {{type?: unknown}} */ (value).type) === 'string';
}

// SPDX-License-Identifier: Apache-2.0

/**
 * What a client does after a close code:
 * `backoff`: comes back by the table of delays; `slot`: in the slot that a `goaway` gave, else by the table; `token`: gets a
 * new token and comes back at once; `retry-after`: after what the last `error` said; `longest`: after the longest delay;
 * `stop`: does not come back; `new-token`: stops until the application has another token.
 *
 * @typedef {'backoff' | 'slot' | 'token' | 'retry-after' | 'longest' | 'stop' | 'new-token'} Reaction
 */

/**
 * The close codes of docs/protocol.md section 4: code, name on the wire, reaction. A test compares them with the gateway's.
 *
 * @type {ReadonlyArray<readonly [number, string, Reaction]>}
 */
export const CLOSE_CODES = [
  [1001, 'going_away', 'slot'],
  [4000, 'handshake_timeout', 'backoff'],
  [4001, 'slow_consumer', 'backoff'],
  [4002, 'token_expired', 'token'],
  [4003, 'rate_limited', 'retry-after'],
  [4004, 'too_many_connections', 'longest'],
  [4005, 'draining', 'slot'],
  [4006, 'overloaded', 'backoff'],
  [4007, 'internal_error', 'backoff'],
  [4500, 'protocol_error', 'stop'],
  [4501, 'unauthorized', 'new-token'],
  [4502, 'forbidden', 'stop'],
  [4503, 'message_too_large', 'stop'],
];

/** The connection broke without a word; browsers give this code themselves (RFC 6455 section 7.4.1). */
export const BROKEN = 1006;

export const TOKEN_EXPIRED = 4002;
export const RATE_LIMITED = 4003;
export const OVERLOADED = 4006;
export const UNAUTHORIZED = 4501;

const BY_CODE = new Map(CLOSE_CODES.map((row) => [row[0], row]));
const BY_NAME = new Map(CLOSE_CODES.map((row) => [row[1], row[0]]));

/**
 * What to do after a close. A code this version does not know goes by its range: 4500 to 4999 do not come back.
 *
 * @param {number} code
 * @returns {Reaction}
 */
export function reactionTo(code) {
  return BY_CODE.get(code)?.[2] ?? (code >= 4500 && code <= 4999 ? 'stop' : 'backoff');
}

/**
 * The name of a close code, for people and logs.
 *
 * @param {number} code
 * @returns {string} `connection_lost` for 1006, `closed_<code>` for one that is not known
 */
export function closeName(code) {
  return code === BROKEN ? 'connection_lost' : (BY_CODE.get(code)?.[1] ?? `closed_${code}`);
}

/**
 * The close code that a fatal `error` frame announces. Transports without close codes end like this.
 *
 * @param {string} name the `code` of the frame
 * @returns {number} 1006 for a name that is not known
 */
export function codeOf(name) {
  return BY_NAME.get(name) ?? BROKEN;
}

// SPDX-License-Identifier: Apache-2.0

/**
 * The close codes of docs/protocol.md section 4, in words a visitor understands. 4000 to 4499 mean "come back", 4500 to
 * 4999 mean "do not".
 */
const REASONS = new Map([
  [1000, 'the server closed the connection'],
  [1001, 'the server is going away'],
  [1006, 'the connection broke'],
  [4000, 'the handshake took too long'],
  [4001, 'this client was too slow'],
  [4002, 'the token expired'],
  [4003, 'too many messages'],
  [4004, 'too many connections'],
  [4005, 'the node is draining'],
  [4006, 'the node is overloaded'],
  [4007, 'internal error'],
  [4500, 'protocol error'],
  [4501, 'the token was not accepted'],
  [4502, 'the token does not allow this'],
  [4503, 'message too large'],
]);

/**
 * Why a connection ended.
 *
 * @param {number} code
 * @returns {string} with the code in brackets
 */
export function closeReason(code) {
  return `${REASONS.get(code) ?? 'closed'} (${code})`;
}

/**
 * Whether the server asks not to come back.
 *
 * @param {number} code
 */
export function isTerminal(code) {
  return code >= 4500 && code <= 4999;
}

// SPDX-License-Identifier: Apache-2.0

/** The first backoff is up to this long; it doubles with each failed attempt. Milliseconds. */
export const BASE_DELAY_MS = 500;

/** No backoff is longer. Milliseconds. */
export const MAX_DELAY_MS = 15_000;

const TOKEN_EXPIRED = 4002;
const TOO_MANY_CONNECTIONS = 4004;
const ADVISED = new Set([1001, 4003, 4005]);

/**
 * How long to wait after a close code that allows coming back (docs/protocol.md section 4).
 *
 * Full jitter: a node that goes down frees all its clients at once, and they must not return at once.
 *
 * @param {number} code the close code
 * @param {number} attempt how many attempts have failed in a row before this one, from 0
 * @param {number | undefined} advisedMs what the server's last `goaway` or `error` advised
 * @param {() => number} [random] from 0 to 1
 * @returns {number} milliseconds
 */
export function reconnectDelay(code, attempt, advisedMs, random = Math.random) {
  if (ADVISED.has(code) && advisedMs !== undefined) {
    return advisedMs;
  }
  if (code === TOKEN_EXPIRED && attempt === 0) {
    return 0;
  }
  if (code === TOO_MANY_CONNECTIONS) {
    return MAX_DELAY_MS;
  }
  return random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** attempt);
}

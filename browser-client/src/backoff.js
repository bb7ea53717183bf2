// SPDX-License-Identifier: Apache-2.0

/** The delays of one failed attempt after the other; the last one stays. Milliseconds. */
export const DELAYS_MS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000];

/** No delay is shorter, whatever the jitter, and none that the server advises. Milliseconds. */
export const MIN_DELAY_MS = 1_000;

/** No delay is longer, whatever the server advises. Milliseconds. */
export const MAX_DELAY_MS = 300_000;

/** A delay is moved by up to so much either way, short ones by up to their own length. Milliseconds. */
export const JITTER_MS = 5_000;

/**
 * How long to wait before the next attempt. The jitter is drawn evenly from what the bounds leave, so that it never piles
 * up on a bound: a node that goes down frees all its clients at once, and they must not return at once.
 *
 * @param {number} attempt how many attempts have failed in a row, from 0
 * @param {() => number} random from 0 to below 1
 * @returns {number} milliseconds
 */
export function backoffDelay(attempt, random) {
  const delay = /** @type {number} */ (DELAYS_MS[Math.min(attempt, DELAYS_MS.length - 1)]);
  const jitter = Math.min(JITTER_MS, delay);
  return between(Math.max(MIN_DELAY_MS, delay - jitter), delay + jitter, random);
}

/**
 * How long to wait when the server said how long: never less than that, within the bounds.
 *
 * @param {number} advisedMs
 * @param {() => number} random from 0 to below 1
 * @returns {number} milliseconds
 */
export function advisedDelay(advisedMs, random) {
  const delay = Math.min(MAX_DELAY_MS, Math.max(MIN_DELAY_MS, advisedMs));
  return between(delay, Math.min(MAX_DELAY_MS, delay + Math.min(JITTER_MS, delay / 2)), random);
}

/**
 * @param {number} low
 * @param {number} high
 * @param {() => number} random
 */
function between(low, high, random) {
  return low + random() * (high - low);
}

// SPDX-License-Identifier: Apache-2.0
import { advisedDelay, backoffDelay, DELAYS_MS } from './backoff.js';
import { closeName, reactionTo } from './close-codes.js';

/** A connection that lived this long was a good one: after its loss the delays begin anew. Milliseconds. */
export const STABLE_MS = 10_000;

/**
 * What to do after a connection or an attempt has ended.
 *
 * @typedef {{action: 'stop', reason: string, tokenNeeded: boolean}
 *   | {action: 'wait', reason: string, delayMs: number, advised: boolean, newToken: boolean}} Decision
 *   `advised`: the server said so, and nothing may cut the wait short
 *
 * How it ended: the close code; what the server advised, if it did.
 * @typedef {{code: number, retryAfterMs?: number}} Ending
 */

/**
 * When to come back, by the table of docs/protocol.md section 4. It counts the attempts that failed in a row; a
 * connection that was stable ends the row.
 */
export class ReconnectPolicy {
  #random;
  #failed = 0;
  /** Tokens that ended in a row without a stable connection between them: the second one may not come back at once. */
  #expired = 0;

  /** @param {() => number} random from 0 to below 1 */
  constructor(random) {
    this.#random = random;
  }

  /** How many attempts have failed in a row. */
  get failed() {
    return this.#failed;
  }

  /** Begins a new row: the connection was stable, or the network changed. */
  reset() {
    this.#failed = 0;
    this.#expired = 0;
  }

  /**
   * @param {Ending} ending
   * @param {number} livedMs how long the connection was there; 0 when it did not come to that
   * @param {number | undefined} slotMs what is left until the slot that a `goaway` gave; negative when it is past
   * @returns {Decision}
   */
  decide({ code, retryAfterMs }, livedMs, slotMs) {
    if (livedMs >= STABLE_MS) {
      this.reset();
    }
    const reason = closeName(code);
    const reaction = reactionTo(code);
    if (reaction === 'stop' || reaction === 'new-token') {
      return { action: 'stop', reason, tokenNeeded: reaction === 'new-token' };
    }
    const newToken = reaction === 'token';
    if (newToken && this.#expired++ === 0) {
      return { action: 'wait', reason, delayMs: 0, advised: true, newToken };
    }
    if (reaction === 'slot' && slotMs !== undefined) {
      return { action: 'wait', reason, delayMs: Math.max(0, slotMs), advised: true, newToken };
    }
    const attempt = reaction === 'longest' ? DELAYS_MS.length - 1 : this.#failed;
    this.#failed++;
    const delayMs =
      retryAfterMs === undefined ? backoffDelay(attempt, this.#random) : advisedDelay(retryAfterMs, this.#random);
    return { action: 'wait', reason, delayMs, advised: retryAfterMs !== undefined || reaction === 'longest', newToken };
  }
}

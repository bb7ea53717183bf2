// SPDX-License-Identifier: Apache-2.0

/**
 * The server's clock as seen from here, so that a latency does not depend on the visitor's own clock being right.
 *
 * Every time that the server stamps on a frame says how far the two clocks differ, less its time on the way; the one that
 * travelled fastest is the best one, and half of the fastest round trip makes up for the way. Epoch milliseconds.
 */
export class ServerClock {
  #localNow;
  #offset = Number.NEGATIVE_INFINITY;
  #roundTrip = Number.POSITIVE_INFINITY;

  /** @param {() => number} localNow the local clock, better than a millisecond; it need not be right, only steady */
  constructor(localNow) {
    this.#localNow = localNow;
  }

  /** Forgets all samples: another node has another clock, and a laptop that slept has another one, too. */
  reset() {
    this.#offset = Number.NEGATIVE_INFINITY;
    this.#roundTrip = Number.POSITIVE_INFINITY;
  }

  /** @param {number} serverTime on a frame that has just arrived; an old one, as on a replay, does no harm */
  sample(serverTime) {
    this.#offset = Math.max(this.#offset, serverTime - this.#localNow());
  }

  /** What to send as the `t` of a ping. */
  pingTime() {
    return this.#localNow();
  }

  /**
   * Takes the pong of a ping.
   *
   * @param {number} t what {@link pingTime} gave
   */
  pong(t) {
    this.#roundTrip = Math.min(this.#roundTrip, this.#localNow() - t);
  }

  /** The fastest round trip so far in milliseconds, or undefined before the first. */
  get roundTrip() {
    return Number.isFinite(this.#roundTrip) ? this.#roundTrip : undefined;
  }

  /**
   * How long ago something happened by the server's clock.
   *
   * @param {number} serverTime
   * @returns {number} milliseconds, never negative
   */
  since(serverTime) {
    const offset = Number.isFinite(this.#offset) ? this.#offset : 0;
    return Math.max(0, this.#localNow() + offset + (this.roundTrip ?? 0) / 2 - serverTime);
  }
}

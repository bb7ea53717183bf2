// SPDX-License-Identifier: Apache-2.0

/** An older round trip says little about the network of now. */
const ROUND_TRIPS = 8;

/**
 * How the server's clock differs from this one's, from the times that frames carry and the round trips of pings.
 *
 * A frame that says "it is s here" and comes at t was under way for some time, so the server is ahead by at least s - t. The
 * best of these bounds, and half of the fastest round trip, is the estimate (Cristian's algorithm).
 */
export class ServerClock {
  #wallTime;
  #bound = -Infinity;
  /** @type {number[]} */
  #roundTrips = [];

  /** @param {() => number} wallTime epoch milliseconds */
  constructor(wallTime) {
    this.#wallTime = wallTime;
  }

  /** Another server: what was known is of no use. */
  reset() {
    this.#bound = -Infinity;
    this.#roundTrips = [];
  }

  /** @param {number} serverTime as a frame just said, epoch milliseconds */
  sample(serverTime) {
    this.#bound = Math.max(this.#bound, serverTime - this.#wallTime());
  }

  /** @param {number} sentAt when the ping that is now answered was sent, epoch milliseconds of this machine */
  pong(sentAt) {
    const roundTrip = this.#wallTime() - sentAt;
    if (roundTrip >= 0) {
      this.#roundTrips.push(roundTrip);
      if (this.#roundTrips.length > ROUND_TRIPS) {
        this.#roundTrips.shift();
      }
    }
  }

  /** The server's time less this machine's, in milliseconds; 0 before the first frame. */
  get offsetMs() {
    if (this.#bound === -Infinity) {
      return 0;
    }
    return this.#bound + (this.#roundTrips.length === 0 ? 0 : Math.min(...this.#roundTrips) / 2);
  }

  /**
   * How long ago something happened by the server's clock.
   *
   * @param {number} serverTime epoch milliseconds
   * @returns {number} milliseconds, never negative
   */
  since(serverTime) {
    return Math.max(0, this.#wallTime() + this.offsetMs - serverTime);
  }
}

// SPDX-License-Identifier: Apache-2.0

/** The rate is that of so many whole seconds. */
const SECONDS = 10;

/** How many events a second came in the last ten seconds: one counter a second. */
export class EventRate {
  #now;
  #counts = new Float64Array(SECONDS);
  /** The second that the newest counter is for. */
  #second;
  #startedAt;

  /** @param {() => number} now milliseconds of a clock that does not go back */
  constructor(now) {
    this.#now = now;
    this.#startedAt = now();
    this.#second = Math.floor(this.#startedAt / 1000);
  }

  /** @param {number} events */
  add(events) {
    this.#turn();
    const slot = this.#second % SECONDS;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + events;
  }

  /** Events a second; while there is less to look back on than ten seconds, over that. */
  get perSecond() {
    this.#turn();
    const sum = this.#counts.reduce((total, count) => total + count, 0);
    const span = Math.min(SECONDS, Math.max(1, (this.#now() - this.#startedAt) / 1000));
    return Math.round((sum / span) * 100) / 100;
  }

  #turn() {
    const second = Math.floor(this.#now() / 1000);
    for (let passed = Math.max(this.#second + 1, second - SECONDS + 1); passed <= second; passed++) {
      this.#counts[passed % SECONDS] = 0;
    }
    this.#second = second;
  }
}

// SPDX-License-Identifier: Apache-2.0

/** Lets all that has been promised happen. */
export async function settle() {
  for (let turn = 0; turn < 20; turn++) {
    await Promise.resolve();
  }
}

/** A clock that stands still, and the timers that wait for it. */
export class FakeTime {
  /** @type {Map<number, {at: number, task: () => void}>} */
  #timers = new Map();
  #ids = 0;
  #now = 1_000;

  now = () => this.#now;

  /** @returns {number} */
  wallTime = () => 1_700_000_000_000 + this.#now;

  /** @param {() => void} task @param {number} ms */
  setTimeout = (task, ms) => {
    this.#timers.set(++this.#ids, { at: this.#now + Math.max(0, ms), task });
    return this.#ids;
  };

  /** @param {unknown} timer */
  clearTimeout = (timer) => void this.#timers.delete(/** @type {number} */ (timer));

  get pending() {
    return this.#timers.size;
  }

  /** How long until the next timer is due; undefined when there is none. */
  get nextInMs() {
    const times = [...this.#timers.values()].map(({ at }) => at - this.#now);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /**
   * Goes on, timer by timer, and lets what follows from each one happen before the next.
   *
   * @param {number} ms
   */
  async advance(ms) {
    const until = this.#now + ms;
    await settle();
    for (;;) {
      const [id, due] = [...this.#timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (id === undefined || due === undefined) {
        break;
      }
      this.#timers.delete(id);
      this.#now = Math.max(this.#now, due.at);
      due.task();
      await settle();
    }
    this.#now = until;
  }

  /** Time passes and no timer runs, as on a machine that sleeps. @param {number} ms */
  skip(ms) {
    this.#now += ms;
  }
}

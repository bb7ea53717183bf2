// SPDX-License-Identifier: Apache-2.0

/** How many bars are remembered; more than any screen shows. */
const MAX_BARS = 400;

/** @typedef {{kind: 'live' | 'replay' | 'gap', ms: number}} Bar one event or one gap, for the chart */

/** What the chart shows, and what the client's own metrics do not count. Milliseconds throughout. */
export class Stats {
  events = 0;
  replayed = 0;
  /** @type {Bar[]} oldest first */
  bars = [];

  /** @param {number} ms */
  live(ms) {
    this.events++;
    this.#add({ kind: 'live', ms });
  }

  /** @param {number} ms */
  replay(ms) {
    this.events++;
    this.replayed++;
    this.#add({ kind: 'replay', ms });
  }

  gap() {
    this.#add({ kind: 'gap', ms: 0 });
  }

  /** @param {Bar} bar */
  #add(bar) {
    this.bars.push(bar);
    if (this.bars.length > MAX_BARS) {
      this.bars.shift();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

/** How many bars are remembered; more than any screen shows. */
const MAX_BARS = 400;

/** How many latencies the percentiles look back on. */
const MAX_LATENCIES = 200;

/** @typedef {{kind: 'live' | 'replay' | 'gap', ms: number}} Bar one event or one gap, for the chart */

/** What has arrived since the page was opened. Milliseconds throughout. */
export class Stats {
  events = 0;
  replayed = 0;
  duplicates = 0;
  gaps = 0;
  /** @type {Bar[]} oldest first */
  bars = [];
  /** @type {number[]} of live events, oldest first: how late a replayed one is says nothing about the gateway */
  #latencies = [];

  /** @param {number} ms */
  live(ms) {
    this.events++;
    this.#add({ kind: 'live', ms });
    this.#latencies.push(ms);
    if (this.#latencies.length > MAX_LATENCIES) {
      this.#latencies.shift();
    }
  }

  /** @param {number} ms */
  replay(ms) {
    this.events++;
    this.replayed++;
    this.#add({ kind: 'replay', ms });
  }

  gap() {
    this.gaps++;
    this.#add({ kind: 'gap', ms: 0 });
  }

  /**
   * A percentile of the latest live latencies.
   *
   * @param {number} share from 0 to 1
   * @returns {number | undefined} undefined before the first event
   */
  percentile(share) {
    const sorted = [...this.#latencies].sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  }

  /** @param {Bar} bar */
  #add(bar) {
    this.bars.push(bar);
    if (this.bars.length > MAX_BARS) {
      this.bars.shift();
    }
  }
}

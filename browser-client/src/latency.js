// SPDX-License-Identifier: Apache-2.0

/** So many of the last latencies are looked at. */
const WINDOW = 512;

/** The latencies of the last frames: a ring, so that one more costs nothing. */
export class LatencyWindow {
  #ring = new Float64Array(WINDOW);
  #count = 0;

  /** @param {number} ms */
  add(ms) {
    this.#ring[this.#count++ % WINDOW] = ms;
  }

  /** @returns {{averageMs: number, p95Ms: number}} rounded to a tenth; 0 before the first */
  summary() {
    const held = this.#ring.slice(0, Math.min(this.#count, WINDOW)).sort();
    if (held.length === 0) {
      return { averageMs: 0, p95Ms: 0 };
    }
    const sum = held.reduce((total, ms) => total + ms, 0);
    return { averageMs: tenth(sum / held.length), p95Ms: tenth(held[Math.ceil(held.length * 0.95) - 1] ?? 0) };
  }
}

/** @param {number} value */
function tenth(value) {
  return Math.round(value * 10) / 10;
}

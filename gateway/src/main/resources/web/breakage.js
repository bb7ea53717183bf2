// SPDX-License-Identifier: Apache-2.0

/** How long a dropped line stays away, and a reader that has stopped does not read. Milliseconds. */
export const DROP_MS = 6_000;
export const STOP_READING_MS = 20_000;

/**
 * What the visitor has broken, and when it mends itself.
 */
export class Breakage {
  #line;
  #onChange;
  #timer = 0;
  #from = 0;
  #until = 0;

  /**
   * @param {import('./line.js').Line} line
   * @param {() => void} onChange
   */
  constructor(line, onChange) {
    this.#line = line;
    this.#onChange = onChange;
  }

  get line() {
    return this.#line;
  }

  /** Drops the line; it comes back by itself. */
  drop() {
    this.#line.read(true);
    this.#line.down();
    this.#mendIn(DROP_MS);
  }

  /** Takes the machine off the network until it is mended. */
  goOffline() {
    this.#line.read(true);
    this.#line.offline();
    this.#mendIn(undefined);
  }

  /** Leaves what arrives unread for a while. */
  stopReading() {
    this.#line.read(false);
    this.#mendIn(STOP_READING_MS);
  }

  /** Makes all well again. */
  mend() {
    clearTimeout(this.#timer);
    this.#from = this.#until = 0;
    this.#line.read(true);
    if (this.#line.state !== 'up') {
      this.#line.up();
    }
    this.#onChange();
  }

  /** Whether it mends itself at a time to come. */
  get counting() {
    return this.#until > performance.now();
  }

  /** Milliseconds until it mends itself. */
  get leftMs() {
    return Math.max(0, this.#until - performance.now());
  }

  /** How much of the time is over, from 0 to 1. */
  get progress() {
    return this.counting ? (performance.now() - this.#from) / (this.#until - this.#from) : 0;
  }

  /** @param {number | undefined} ms undefined: not by itself */
  #mendIn(ms) {
    clearTimeout(this.#timer);
    this.#from = performance.now();
    this.#until = ms === undefined ? 0 : this.#from + ms;
    if (ms !== undefined) {
      this.#timer = setTimeout(() => this.mend(), ms);
    }
    this.#onChange();
  }
}

// SPDX-License-Identifier: Apache-2.0
import { Timer } from './environment.js';

/** Beside the two heartbeats, for what the network and a busy machine take. Milliseconds. */
export const MARGIN_MS = 5_000;

/** The answer to a question whether anybody is there may take so long. Milliseconds. */
export const PROBE_MS = 5_000;

/**
 * Finds connections that died without a word: nothing heard for longer than the limit. Hearing something costs one
 * assignment; the timer looks when it is due and sets itself again.
 */
export class Watchdog {
  #env;
  #timer;
  #onSilence;
  #heardAt = 0;
  #limitMs = 0;

  /**
   * @param {import('./environment.js').Environment} env
   * @param {() => void} onSilence called once; then it is off
   */
  constructor(env, onSilence) {
    this.#env = env;
    this.#timer = new Timer(env);
    this.#onSilence = onSilence;
  }

  /** @param {number} limitMs from now on, so much silence is too much */
  watch(limitMs) {
    this.#limitMs = limitMs;
    this.heard();
    this.#timer.start(limitMs, () => this.#look());
  }

  /** Something came. */
  heard() {
    this.#heardAt = this.#env.now();
  }

  /** The connection is in doubt: something must come soon. The caller asks for it. */
  probe() {
    this.#heardAt = -Infinity;
    this.#timer.start(PROBE_MS, () => this.#look());
  }

  stop() {
    this.#timer.stop();
  }

  #look() {
    const left = this.#heardAt + this.#limitMs - this.#env.now();
    if (left <= 0) {
      this.#onSilence();
    } else {
      this.#timer.start(left, () => this.#look());
    }
  }
}

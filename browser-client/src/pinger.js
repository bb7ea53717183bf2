// SPDX-License-Identifier: Apache-2.0
import { Timer } from './environment.js';

/** The first round trips measure a page that is still loading; some more in a row measure the network. */
const FIRST_PINGS = 4;

/** After those, one so often. Milliseconds. */
const PING_MS = 30_000;

/** Asks for a `pong` now and then, so that round trips are known. */
export class Pinger {
  #env;
  #send;
  #timer;
  #inARow = 0;

  /**
   * @param {import('./environment.js').Environment} env
   * @param {(frame: import('./frames.js').ClientFrame) => void} send
   */
  constructor(env, send) {
    this.#env = env;
    this.#send = send;
    this.#timer = new Timer(env);
  }

  /** There is a connection. */
  start() {
    this.#inARow = FIRST_PINGS;
    this.#ping();
  }

  /** One has been answered. */
  pong() {
    if (this.#inARow > 0) {
      this.#ping();
    }
  }

  stop() {
    this.#timer.stop();
    this.#inARow = 0;
  }

  #ping() {
    this.#inARow--;
    this.#send({ type: 'ping', t: this.#env.wallTime() });
    this.#timer.start(PING_MS, () => this.#ping());
  }
}

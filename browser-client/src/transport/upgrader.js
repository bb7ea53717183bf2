// SPDX-License-Identifier: Apache-2.0
import { Timer } from '../environment.js';

/** @typedef {import('./link.js').Link} Link */

/**
 * Tries the better transport while a lower one is in use. The lower one goes on until the better one has been welcomed, so
 * a try in vain costs nothing; what both deliver is told apart by its position.
 *
 * @template {{link: Link}} C
 */
export class Upgrader {
  #env;
  #ladder;
  #open;
  #adopt;
  #timer;
  /** @type {Link | undefined} */
  #trying;

  /**
   * @param {import('../environment.js').Environment} env
   * @param {import('./ladder.js').TransportLadder} ladder
   * @param {(transport: import('../rollout.js').TransportName, wrap: Wrap) => C} open
   * @param {(candidate: C) => void} adopt takes the place of the current one
   * @typedef {(listener: import('./link.js').LinkListener) => import('./link.js').LinkListener} Wrap
   */
  constructor(env, ladder, open, adopt) {
    this.#env = env;
    this.#ladder = ladder;
    this.#open = open;
    this.#adopt = adopt;
    this.#timer = new Timer(env);
  }

  /** There is a connection now: a better one may be tried later. */
  schedule() {
    if (this.#ladder.better !== undefined) {
      this.#timer.start(this.#ladder.upgradeDelay(this.#env.random), () => this.#try());
    }
  }

  stop() {
    this.#timer.stop();
    this.#trying?.close();
    this.#trying = undefined;
  }

  #try() {
    const better = this.#ladder.better;
    if (better === undefined) {
      return;
    }
    let adopted = false;
    const candidate = this.#open(better, (listener) => ({
      onOpen: () => adopted && listener.onOpen(),
      onHeard: () => adopted && listener.onHeard(),
      onBadFrame: (problem) => adopted && listener.onBadFrame(problem),
      onFrame: (frame) => {
        if (!adopted && frame.type === 'welcome') {
          adopted = true;
          this.#trying = undefined;
          this.#timer.stop();
          this.#ladder.upgraded();
          this.#adopt(candidate);
        }
        if (adopted) {
          listener.onFrame(frame);
        }
      },
      onClose: (ending) => (adopted ? listener.onClose(ending) : this.#failed()),
    }));
    this.#trying = candidate.link;
    this.#timer.start(WELCOME_TIMEOUT_MS, () => this.#failed());
  }

  #failed() {
    this.stop();
    this.#ladder.upgradeFailed();
    this.schedule();
  }
}

/** An attempt has so long to become a connection. Milliseconds. */
export const WELCOME_TIMEOUT_MS = 10_000;

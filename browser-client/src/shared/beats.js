// SPDX-License-Identifier: Apache-2.0
import { Timer } from '../environment.js';

/** A leader has so long to answer, and others to object to a claim. Milliseconds. */
export const CLAIM_MS = 500;

/**
 * The election where there are no Web Locks (a page that is not secure, an old browser): who hears of no leader claims to be
 * it, and is when nobody with a smaller name does; of two leaders the one with the smaller name stays. For a moment there
 * may be two; that costs a connection and no event, for every tab drops what it has.
 *
 * Only what is said wakes a tab: the timers of hidden pages are slow, their ears are not.
 *
 * @implements {Election}
 * @typedef {import('./election.js').Election} Election
 */
export class BeatElection {
  #random;
  #post;
  #listener;
  #timer;
  #id = '';
  /** @type {'none' | 'follows' | 'waits' | 'claims' | 'leads'} */
  #role = 'none';

  /**
   * @param {import('../environment.js').Environment} env
   * @param {(message: import('./messages.js').Calling) => void} post
   * @param {import('./election.js').ElectionListener} listener
   */
  constructor(env, post, listener) {
    this.#random = env.random;
    this.#post = post;
    this.#listener = listener;
    this.#timer = new Timer(env);
  }

  /** @param {string} id @param {() => void} ready */
  enter(id, ready) {
    this.#id = id;
    ready();
  }

  stand() {
    this.#role = 'waits';
    this.#timer.start(CLAIM_MS * (1 + this.#random()), () => this.takeOver());
  }

  takeOver() {
    this.#role = 'claims';
    this.#post({ t: 'claim', from: this.#id });
    this.#timer.start(CLAIM_MS, () => {
      this.#role = 'leads';
      this.#listener.onElected();
    });
  }

  resign() {
    this.#role = 'none';
    this.#timer.stop();
  }

  leave() {
    this.resign();
  }

  watch() {
    return () => {};
  }

  /** @param {import('./messages.js').Message} message */
  heard({ t, from }) {
    const first = from < this.#id;
    if (t === 'lead' && this.#role === 'leads') {
      if (first) {
        this.#listener.onLost();
      } else {
        this.#post({ t: 'lead', from: this.#id });
      }
    } else if (t === 'lead' && this.#role !== 'none') {
      this.#role = 'follows';
      this.#timer.stop();
    } else if (t === 'resign' && this.#role === 'follows') {
      this.stand();
    } else if (t === 'claim' && this.#role === 'claims') {
      if (first) {
        this.stand();
      } else {
        this.#post({ t: 'claim', from: this.#id });
      }
    }
  }
}

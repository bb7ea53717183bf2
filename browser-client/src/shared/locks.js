// SPDX-License-Identifier: Apache-2.0

/**
 * Who leads, and who is there, by Web Locks: a browser releases what a page holds whatever becomes of the page.
 *
 * @implements {Election}
 * @typedef {import('./election.js').Election} Election
 */
export class LockElection {
  #locks;
  #group;
  #listener;
  #leave = () => {};
  #resign = () => {};

  /**
   * @param {import('../environment.js').LocksLike} locks
   * @param {string} group
   * @param {import('./election.js').ElectionListener} listener
   */
  constructor(locks, group, listener) {
    this.#locks = locks;
    this.#group = group;
    this.#listener = listener;
  }

  /** @param {string} id @param {() => void} ready */
  enter(id, ready) {
    this.#leave = this.#hold(`${this.#group}:tab:${id}`, false, ready, () => this.#listener.onImpossible());
  }

  stand() {
    this.#request(false);
  }

  takeOver() {
    this.#request(true);
  }

  resign() {
    this.#resign();
    this.#resign = () => {};
  }

  leave() {
    this.resign();
    this.#leave();
  }

  /** @param {string} id @param {() => void} gone */
  watch(id, gone) {
    const stop = this.#hold(
      `${this.#group}:tab:${id}`,
      false,
      () => {
        stop();
        gone();
      },
      () => {},
    );
    return stop;
  }

  // The locks say it all.
  heard() {}

  /** @param {boolean} steal */
  #request(steal) {
    this.resign();
    this.#resign = this.#hold(
      `${this.#group}:leader`,
      steal,
      () => this.#listener.onElected(),
      (stolen) => (stolen ? this.#listener.onLost() : this.#listener.onImpossible()),
    );
  }

  /**
   * @param {string} name
   * @param {boolean} steal takes it from whoever has it
   * @param {() => void} onHeld
   * @param {(stolen: boolean) => void} onLost another page took it, or else there are no locks to be had here
   * @returns {() => void} releases it, or waits for it no longer
   */
  #hold(name, steal, onHeld, onLost) {
    const waiting = new AbortController();
    let done = false;
    let release = () => {};
    this.#locks
      .request(name, steal ? { steal } : { signal: waiting.signal }, async () => {
        if (!done) {
          const released = new Promise((resolve) => (release = () => resolve(undefined)));
          onHeld();
          await released;
        }
      })
      .catch((error) => {
        if (!done) {
          done = true;
          // By its name, not by whether it was held: a frozen page hears that it has a lock only when that is over.
          onLost(error?.name === 'AbortError');
        }
      });
    return () => {
      done = true;
      waiting.abort();
      release();
    };
  }
}

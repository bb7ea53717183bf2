// SPDX-License-Identifier: Apache-2.0

/**
 * The account of one lost connection: what was published meanwhile, what the server says was missed, what came after all.
 * Times by performance.now().
 */
export class Outage {
  #since;
  #awayMs = 0;
  #published = 0;
  #missed = 0;
  #replayed = 0;
  /** @type {Set<string>} that go on */
  #services = new Set();
  /** @type {'away' | 'back' | 'resumed' | 'unrecovered'} back: connected, not yet told what was missed */
  #phase = 'away';

  /** @param {number} since */
  constructor(since) {
    this.#since = since;
  }

  /** @param {number} events acknowledged by the server while this page was away */
  published(events) {
    if (this.#phase === 'away') {
      this.#published += events;
    }
  }

  /** The connection is there again. @param {number} now */
  back(now) {
    if (this.#phase === 'away') {
      this.#awayMs = now - this.#since;
      this.#phase = 'back';
    }
  }

  /**
   * A stream goes on where it stopped.
   *
   * @param {string} service
   * @param {number} missed how many of its events will be replayed
   * @returns {boolean} whether this is news: fallbacks say it with every request
   */
  resumed(service, missed) {
    if (this.#services.has(service)) {
      return false;
    }
    this.#services.add(service);
    this.#missed += missed;
    this.#phase = this.#phase === 'unrecovered' ? 'unrecovered' : 'resumed';
    return true;
  }

  /** The server no longer holds what was missed. */
  unrecovered() {
    this.#phase = 'unrecovered';
  }

  /** @param {number} events */
  replayed(events) {
    this.#replayed += events;
  }

  get phase() {
    return this.#phase;
  }

  /** How long the page was away, milliseconds. */
  get awayMs() {
    return this.#awayMs;
  }

  /** Events published from here meanwhile: at least so many wait. */
  get publishedMeanwhile() {
    return this.#published;
  }

  get missed() {
    return this.#missed;
  }

  get replayedSoFar() {
    return this.#replayed;
  }

  /** How many events are known to be in the log and not here. */
  get waiting() {
    if (this.#phase === 'resumed') {
      return Math.max(0, this.#missed - this.#replayed);
    }
    return this.#phase === 'unrecovered' ? 0 : this.#published;
  }
}

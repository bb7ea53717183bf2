// SPDX-License-Identifier: Apache-2.0

/** An id is remembered for so long. Milliseconds. */
export const REMEMBER_MS = 300_000;

/** How often what has expired is swept out. Milliseconds. */
export const SWEEP_MS = 60_000;

/** So many ids are remembered at the most; beyond it the oldest are forgotten early. */
export const MAX_IDS = 10_000;

/**
 * The ids of the events of the last minutes. Positions tell repetition within an epoch (see StreamCursor); across a change
 * of epoch, or of the transport, the same event may come at another position, and its id tells.
 *
 * A Map keeps the order of insertion, which here is the order of time: so adding, asking and forgetting are O(1) each, and
 * a sweep looks only at what it removes.
 */
export class EventIds {
  #now;
  #max;
  /** @type {Map<string, number>} when an id was first seen */
  #seen = new Map();
  /** @type {Map<string, number>} until when a service's events are looked up, by service */
  #doubtful = new Map();
  #sweptAt;

  /**
   * @param {() => number} now milliseconds of a clock that does not go back
   * @param {number} [max]
   */
  constructor(now, max = MAX_IDS) {
    this.#now = now;
    this.#max = max;
    this.#sweptAt = now();
  }

  get size() {
    return this.#seen.size;
  }

  /**
   * From now on, and for as long as ids are remembered, events of this service may be repetitions under other positions.
   *
   * @param {string} service
   */
  crossed(service) {
    this.#doubtful.set(service, this.#now() + REMEMBER_MS);
  }

  /**
   * Remembers an event, and says whether it is a repetition.
   *
   * By CloudEvents, `source` and `id` together are what is unique. What has no id is never a repetition.
   *
   * @param {string} service
   * @param {{id?: unknown, source?: unknown}} event
   * @returns {boolean}
   */
  isRepeated(service, { id, source }) {
    if (typeof id !== 'string') {
      return false;
    }
    const now = this.#now();
    if (now - this.#sweptAt >= SWEEP_MS) {
      this.sweep();
    }
    // Neither a space nor a slash in the service, so the three parts cannot run into each other and mean something else.
    const key = `${service} ${typeof source === 'string' ? source.length : 0} ${source} ${id}`;
    const at = this.#seen.get(key);
    if (at !== undefined && now - at < REMEMBER_MS) {
      return (this.#doubtful.get(service) ?? 0) > now;
    }
    this.#seen.delete(key);
    this.#seen.set(key, now);
    if (this.#seen.size > this.#max) {
      for (const [oldest] of this.#seen) {
        this.#seen.delete(oldest);
        break;
      }
    }
    return false;
  }

  /** Forgets what has expired. */
  sweep() {
    const now = this.#now();
    this.#sweptAt = now;
    for (const [key, at] of this.#seen) {
      if (now - at < REMEMBER_MS) {
        break;
      }
      this.#seen.delete(key);
    }
    for (const [service, until] of this.#doubtful) {
      if (until <= now) {
        this.#doubtful.delete(service);
      }
    }
  }

  /** Forgets all. */
  clear() {
    this.#seen.clear();
    this.#doubtful.clear();
  }
}

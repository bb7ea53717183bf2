// SPDX-License-Identifier: Apache-2.0

/**
 * What one link has been asked for, and what must be said so that it becomes what is wanted. Changes of one turn of the
 * event loop go out together.
 */
export class Asked {
  /** @type {Set<string>} services */
  #services = new Set();
  /** Asked for anew though they may be there already: another subscription, from another position. @type {Set<string>} */
  #again = new Set();

  /**
   * The link asks for all of this at once.
   *
   * @param {Record<string, import('./cursors.js').From>} wanted
   */
  all(wanted) {
    this.#services = new Set(Object.keys(wanted));
    this.#again.clear();
    return wanted;
  }

  /** @param {string} service */
  again(service) {
    this.#again.add(service);
  }

  /**
   * What to say now. After this, it counts as said.
   *
   * @param {Record<string, import('./cursors.js').From>} wanted
   * @returns {import('./frames.js').ClientFrame[]}
   */
  changes(wanted) {
    const names = Object.keys(wanted);
    const dropped = [...this.#services].filter((service) => !(service in wanted) || this.#again.has(service));
    const added = names.filter((service) => !this.#services.has(service) || this.#again.has(service));
    this.all(wanted);
    /** @type {import('./frames.js').ClientFrame[]} */
    const frames = [];
    if (dropped.length > 0) {
      frames.push({ type: 'unsubscribe', services: dropped });
    }
    if (added.length > 0) {
      const cursors = Object.fromEntries(added.map((service) => [service, wanted[service] ?? 'latest']));
      frames.push({ type: 'subscribe', services: added, cursors });
    }
    return frames;
  }
}

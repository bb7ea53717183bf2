// SPDX-License-Identifier: Apache-2.0

/** The feed keeps this many rows, whatever arrives. */
const MAX_ROWS = 200;

/**
 * @typedef {{kind: 'live' | 'replay', service: string, seq: number, title: string, detail: string, value: string,
 *   latency: string}} EventRow
 * @typedef {{kind: 'dropped' | 'resumed' | 'gap', text: string}} MarkerRow what happened to the connection between events
 * @typedef {EventRow | MarkerRow} Row
 */

/**
 * The list of events, newest first, of all services or of one. Rows are added at any time and drawn together once a frame,
 * so that a burst costs one layout. All text goes in as text: what strangers publish is shown, never parsed.
 */
export class Feed {
  #list;
  #empty;
  /** @type {Row[]} oldest first */
  #pending = [];
  /** Undefined for all. @type {string | undefined} */
  #service;

  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} empty shown while there is nothing
   */
  constructor(list, empty) {
    this.#list = list;
    this.#empty = empty;
  }

  /** @param {Row} row */
  add(row) {
    this.#pending.push(row);
    if (this.#pending.length > MAX_ROWS) {
      this.#pending.shift();
    }
  }

  /**
   * Shows the events of one service, or of all.
   *
   * @param {string | undefined} service
   */
  show(service) {
    this.#service = service;
    for (const item of this.#items()) {
      item.hidden = this.#hides(item.dataset.service);
    }
    this.#list.scrollTop = 0;
  }

  /** Draws what was added since the last call. */
  render() {
    if (this.#pending.length > 0) {
      this.#list.prepend(...this.#pending.reverse().map((row) => this.#element(row)));
      this.#pending = [];
      while (this.#list.childElementCount > MAX_ROWS) {
        this.#list.lastElementChild?.remove();
      }
    }
    this.#empty.hidden = this.#items().some((item) => !item.hidden);
  }

  #items() {
    return /** @type {HTMLElement[]} */ ([...this.#list.children]);
  }

  /** @param {string | undefined} service undefined for what concerns all */
  #hides(service) {
    return this.#service !== undefined && service !== undefined && service !== this.#service;
  }

  /** @param {Row} row */
  #element(row) {
    const item = document.createElement('li');
    item.className = `row row-${row.kind}`;
    if ('text' in row) {
      item.append(span('row-text', row.text));
      return item;
    }
    item.dataset.service = row.service;
    item.dataset.seq = String(row.seq);
    item.hidden = this.#hides(row.service);
    item.append(span('row-seq', String(row.seq)), span('row-service', row.service), span('row-title', row.title));
    item.append(span('row-detail', row.detail));
    if (row.kind === 'replay') {
      item.append(span('row-tag', 'replay'));
    }
    item.append(span('row-value', row.value), span('row-latency', row.latency));
    return item;
  }
}

/**
 * @param {string} className
 * @param {string} text
 */
function span(className, text) {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

// SPDX-License-Identifier: Apache-2.0

/** The feed keeps this many rows, whatever arrives. */
const MAX_ROWS = 200;

/**
 * @typedef {{kind: 'live' | 'replay', seq: number, title: string, detail: string, value: string, latency: string}} EventRow
 * @typedef {{kind: 'dropped' | 'resumed' | 'gap', text: string}} MarkerRow what happened to the connection between events
 * @typedef {EventRow | MarkerRow} Row
 */

/**
 * The list of events, newest first. Rows are added at any time and drawn together once a frame, so that a burst costs one
 * layout. All text goes in as text: what strangers publish is shown, never parsed.
 */
export class Feed {
  #list;
  #empty;
  /** @type {Row[]} oldest first */
  #pending = [];

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

  /** Draws what was added since the last call. */
  render() {
    if (this.#pending.length === 0) {
      return;
    }
    this.#empty.hidden = true;
    this.#list.prepend(...this.#pending.reverse().map(rowElement));
    this.#pending = [];
    while (this.#list.childElementCount > MAX_ROWS) {
      this.#list.lastElementChild?.remove();
    }
  }
}

/** @param {Row} row */
function rowElement(row) {
  const item = document.createElement('li');
  item.className = `row row-${row.kind}`;
  if ('text' in row) {
    item.append(span('row-text', row.text));
    return item;
  }
  item.append(span('row-seq', String(row.seq)), span('row-title', row.title), span('row-detail', row.detail));
  if (row.kind === 'replay') {
    item.append(span('row-tag', 'replay'));
  }
  item.append(span('row-value', row.value), span('row-latency', row.latency));
  return item;
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

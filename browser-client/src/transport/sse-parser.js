// SPDX-License-Identifier: Apache-2.0

/**
 * Reads an event stream piece by piece (the format of the HTML standard, section 9.2.6). The browser's own EventSource
 * cannot send a header, and the token does not belong in an address.
 */
export class SseParser {
  #onData;
  #rest = '';
  /** @type {string[]} */
  #data = [];

  /** @param {(data: string) => void} onData for each event that has data */
  constructor(onData) {
    this.#onData = onData;
  }

  /** @param {string} text the next piece, cut anywhere */
  push(text) {
    // A carriage return at the end may be half of a line end: it waits for what comes next.
    const all = this.#rest + text;
    const end = all.endsWith('\r') ? all.length - 1 : all.length;
    const lines = all.slice(0, end).split(/\r\n|\r|\n/);
    this.#rest = /** @type {string} */ (lines.pop()) + all.slice(end);
    for (const line of lines) {
      this.#line(line);
    }
  }

  /** @param {string} line */
  #line(line) {
    if (line === '') {
      if (this.#data.length > 0) {
        const data = this.#data.join('\n');
        this.#data = [];
        this.#onData(data);
      }
    } else if (line === 'data' || line.startsWith('data:')) {
      this.#data.push(line.slice(5).replace(/^ /, ''));
    }
  }
}

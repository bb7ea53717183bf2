// SPDX-License-Identifier: Apache-2.0

/** A reader that has stopped keeps so many frames; with more it gives the connection up, and resumes from its cursor. */
export const MAX_HELD_FRAMES = 1_000;

const CONNECTING = 0;
const CLOSED = 3;
const BROKEN = 1006;

/** @typedef {import('./line.js').Line} Line */

/**
 * A WebSocket over a line: it opens when the line is up, breaks with it, and is read when the line is read.
 */
export class LineWebSocket {
  /** @type {((event: Event) => void) | null} */
  onopen = null;
  /** @type {((event: {data: unknown}) => void) | null} */
  onmessage = null;
  /** @type {((event: {code: number}) => void) | null} */
  onclose = null;
  /** @type {((event: Event) => void) | null} */
  onerror = null;

  #line;
  #real;
  /** @type {WebSocket | undefined} */
  #socket;
  /** Frames that have arrived and not been read, oldest first. @type {unknown[]} */
  #held = [];
  #ended = new AbortController();
  #forget;

  /**
   * @param {Line} line
   * @param {typeof WebSocket} real
   * @param {string} url
   * @param {string | string[]} [protocols]
   */
  constructor(line, real, url, protocols) {
    this.#line = line;
    this.#real = real;
    this.#forget = line.carry(() => this.#break());
    line.addEventListener('change', () => this.#deliver(), { signal: this.#ended.signal });
    if (line.state === 'offline') {
      queueMicrotask(() => this.#break());
    } else {
      line.until(() => line.state === 'up', this.#ended.signal).then(
        () => this.#open(url, protocols),
        () => {
          // Closed, or broken, before it came to anything.
        },
      );
    }
  }

  /**
   * A constructor like the browser's.
   *
   * @param {Line} line
   * @param {typeof WebSocket} real
   */
  static on(line, real) {
    return class extends LineWebSocket {
      /**
       * @param {string} url
       * @param {string | string[]} [protocols]
       */
      constructor(url, protocols) {
        super(line, real, url, protocols);
      }
    };
  }

  get readyState() {
    return this.#ended.signal.aborted ? CLOSED : (this.#socket?.readyState ?? CONNECTING);
  }

  /** @param {string} data */
  send(data) {
    this.#socket?.send(data);
  }

  /**
   * @param {number} [code]
   * @param {string} [reason]
   */
  close(code, reason) {
    if (this.#socket === undefined) {
      this.#break();
    } else {
      this.#socket.close(code, reason);
    }
  }

  /**
   * @param {string} url
   * @param {string | string[]} [protocols]
   */
  #open(url, protocols) {
    const socket = new this.#real(url, protocols);
    this.#socket = socket;
    const live = () => !this.#ended.signal.aborted;
    socket.onopen = (event) => live() && this.onopen?.(event);
    socket.onmessage = ({ data }) => live() && this.#take(data);
    socket.onclose = ({ code }) => live() && this.#end(code);
  }

  /** @param {unknown} data */
  #take(data) {
    this.#held.push(data);
    if (this.#held.length > MAX_HELD_FRAMES) {
      this.#break();
    } else {
      this.#deliver();
    }
  }

  #deliver() {
    while (this.#line.reading && this.#held.length > 0) {
      this.onmessage?.({ data: this.#held.shift() });
    }
  }

  /** As if the network had gone: nobody says a word, and what was not read is lost. */
  #break() {
    if (!this.#ended.signal.aborted) {
      this.#end(BROKEN);
      this.#socket?.close();
    }
  }

  /** @param {number} code */
  #end(code) {
    this.#held = [];
    this.#ended.abort();
    this.#forget();
    this.onclose?.({ code });
  }
}

// SPDX-License-Identifier: Apache-2.0
import { LineWebSocket } from './line-web-socket.js';

/**
 * `up`: all is as it is; `down`: connections broke and new ones hang, as in a tunnel; `offline`: the machine knows that there
 * is no network, and refuses.
 *
 * @typedef {'up' | 'down' | 'offline'} LineState
 */

/**
 * The network between the client and the gateway, so that the visitor can break it: it is what the client gets for
 * `WebSocket`, `fetch` and `window` (its option `environment`). The client itself runs as in any other page.
 */
export class Line extends EventTarget {
  /** @type {LineState} */
  #state = 'up';
  #reading = true;
  /** @type {Set<() => void>} what breaks each connection that is open or hangs */
  #connections = new Set();
  #window;
  #fetch;

  /**
   * @param {Pick<typeof globalThis, 'fetch' | 'WebSocket' | 'addEventListener'>} real
   */
  constructor(real) {
    super();
    this.#fetch = real.fetch.bind(real);
    this.#window = new EventTarget();
    for (const type of ['online', 'offline']) {
      real.addEventListener(type, () => this.#window.dispatchEvent(new Event(type)));
    }
    for (const type of ['pagehide', 'pageshow']) {
      real.addEventListener(type, (event) => {
        const { persisted } = /** @type {PageTransitionEvent} */ (event);
        this.#window.dispatchEvent(Object.assign(new Event(type), { persisted }));
      });
    }
    /** What the client is given. */
    this.environment = {
      WebSocket: LineWebSocket.on(this, real.WebSocket),
      fetch: (/** @type {RequestInfo | URL} */ input, /** @type {RequestInit} */ init = {}) => this.#request(input, init),
      window: this.#window,
    };
  }

  get state() {
    return this.#state;
  }

  /** Whether what arrives is read. */
  get reading() {
    return this.#reading;
  }

  /** Breaks every connection; new ones hang until {@link up}. */
  down() {
    this.#state = 'down';
    this.#break();
  }

  /** Breaks every connection; new ones are refused until {@link up}. */
  offline() {
    this.#state = 'offline';
    this.#break();
    this.#window.dispatchEvent(new Event('offline'));
  }

  /** All is well again; what hangs goes on. */
  up() {
    const wasOffline = this.#state === 'offline';
    this.#state = 'up';
    this.dispatchEvent(new Event('change'));
    if (wasOffline) {
      this.#window.dispatchEvent(new Event('online'));
    }
  }

  /**
   * Stops reading, or reads on: what arrived meanwhile comes first, in its order.
   *
   * @param {boolean} on
   */
  read(on) {
    this.#reading = on;
    this.dispatchEvent(new Event('change'));
  }

  /**
   * A connection is there from now on.
   *
   * @param {() => void} sever called when the line breaks
   * @returns {() => void} to be called when it has ended
   */
  carry(sever) {
    this.#connections.add(sever);
    return () => this.#connections.delete(sever);
  }

  /**
   * Waits for the line to be as asked.
   *
   * @param {() => boolean} condition
   * @param {AbortSignal} signal
   * @returns {Promise<void>} rejects when the signal says so
   */
  async until(condition, signal) {
    while (!condition()) {
      await new Promise((resolve, reject) => {
        this.addEventListener('change', resolve, { once: true, signal });
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    }
    signal.throwIfAborted();
  }

  #break() {
    [...this.#connections].forEach((sever) => sever());
    this.dispatchEvent(new Event('change'));
  }

  /**
   * `fetch`, as the line lets it through: an answer is read piece by piece, so one that nobody reads fills the buffers of
   * the network and holds the server back.
   *
   * @param {RequestInfo | URL} input
   * @param {RequestInit} init
   */
  async #request(input, init) {
    if (this.#state === 'offline') {
      throw new TypeError('the line is down');
    }
    const broken = new AbortController();
    const forget = this.carry(() => broken.abort(new TypeError('the line broke')));
    const signal = init.signal ? AbortSignal.any([init.signal, broken.signal]) : broken.signal;
    try {
      await this.until(() => this.#state === 'up', signal);
      const response = await this.#fetch(input, { ...init, signal });
      if (response.body === null) {
        forget();
        return response;
      }
      const gate = new TransformStream({
        transform: async (piece, controller) => {
          await this.until(() => this.#reading, signal);
          controller.enqueue(piece);
        },
        flush: () => void forget(),
      });
      return new Response(response.body.pipeThrough(gate), response);
    } catch (error) {
      forget();
      throw error;
    }
  }
}

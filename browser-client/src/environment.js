// SPDX-License-Identifier: Apache-2.0

/**
 * As much of a WebSocket as is needed: the browser's, Node's, or the one of the package `ws`.
 *
 * @typedef {object} WebSocketLike
 * @property {number} readyState
 * @property {(data: string) => void} send
 * @property {(code?: number, reason?: string) => void} close
 * @property {((event: never) => void) | null} onopen
 * @property {((event: never) => void) | null} onmessage
 * @property {((event: never) => void) | null} onclose
 * @property {((event: never) => void) | null} onerror
 *
 * @typedef {new (url: string, protocols?: string | string[]) => WebSocketLike} WebSocketConstructor
 *
 * Where things happen to a page or to the machine: `window` and `document`, or nothing.
 * @typedef {object} EventSourceLike
 * @property {(type: string, listener: (event: Event) => void) => void} addEventListener
 * @property {(type: string, listener: (event: Event) => void) => void} removeEventListener
 */

/**
 * As much of Web Locks as is needed.
 *
 * @typedef {{request: (name: string, options: {steal?: boolean, signal?: AbortSignal}, task: () => Promise<void>) => Promise<unknown>}} LocksLike
 *
 * As much of a BroadcastChannel as is needed.
 * @typedef {{postMessage: (message: unknown) => void, close: () => void, onmessage: ((event: MessageEvent) => void) | null}} ChannelLike
 */

/**
 * Everything outside of the client that it touches, so that tests can be it.
 *
 * @typedef {object} Environment
 * @property {() => number} now milliseconds of a clock that does not go back
 * @property {() => number} wallTime epoch milliseconds
 * @property {() => number} random from 0 to below 1
 * @property {(task: () => void, ms: number) => unknown} setTimeout
 * @property {(timer: unknown) => void} clearTimeout
 * @property {() => boolean} online false only when there is certainly no network
 * @property {WebSocketConstructor | undefined} WebSocket undefined: there are none, and SSE is tried first
 * @property {typeof globalThis.fetch | undefined} fetch
 * @property {EventSourceLike | undefined} window `online`, `offline`, `pagehide`, `pageshow`
 * @property {(EventSourceLike & {visibilityState?: string}) | undefined} document `visibilitychange`, `freeze`, `resume`
 * @property {LocksLike | undefined} locks
 * @property {(new (name: string) => ChannelLike) | undefined} BroadcastChannel undefined: a connection is not shared
 * @property {Pick<SubtleCrypto, 'digest'> | undefined} subtle undefined where the page is not secure
 * @property {string | undefined} baseUrl what relative addresses are relative to
 */

/**
 * The environment that this code runs in.
 *
 * @param {Partial<Environment>} [given] what to use instead
 * @returns {Environment}
 */
export function environment(given = {}) {
  const { document, window } = /** @type {{document?: Document, window?: Window}} */ (globalThis);
  return {
    now: () => performance.now(),
    wallTime: () => Date.now(),
    random: Math.random,
    setTimeout: (task, ms) => setTimeout(task, ms),
    clearTimeout: (timer) => clearTimeout(/** @type {number} */ (timer)),
    online: () => globalThis.navigator?.onLine !== false,
    WebSocket: globalThis.WebSocket,
    fetch: globalThis.fetch?.bind(globalThis),
    window,
    document,
    // Node has channels, too, but no tabs.
    BroadcastChannel: window && globalThis.BroadcastChannel,
    locks: globalThis.navigator?.locks,
    subtle: globalThis.crypto?.subtle,
    baseUrl: document?.baseURI,
    ...given,
  };
}

/**
 * One timer: starting it again takes the place of what it was to do.
 */
export class Timer {
  #env;
  /** @type {unknown} */
  #handle;

  /** @param {Pick<Environment, 'setTimeout' | 'clearTimeout'>} env */
  constructor(env) {
    this.#env = env;
  }

  /**
   * @param {number} ms
   * @param {() => void} task
   */
  start(ms, task) {
    this.stop();
    this.#handle = this.#env.setTimeout(() => {
      this.#handle = undefined;
      task();
    }, ms);
  }

  stop() {
    if (this.#handle !== undefined) {
      this.#env.clearTimeout(this.#handle);
      this.#handle = undefined;
    }
  }
}

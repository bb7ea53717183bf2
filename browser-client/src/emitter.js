// SPDX-License-Identifier: Apache-2.0

/**
 * @template T
 * @typedef {((event: T) => void) | {handleEvent: (event: T) => void}} Listener
 */

/**
 * An EventTarget with typed events, whose listeners cannot break it: what one throws is handed to `onThrow`. (In Node an
 * exception in a listener of a plain EventTarget ends the process.)
 *
 * @template {Record<string, unknown>} M the `detail` of each event, by its type
 */
export class Emitter extends EventTarget {
  #onThrow;
  /** @type {WeakMap<object, (event: Event) => void>} */
  #wrapped = new WeakMap();
  /** @type {Set<string>} */
  #heard = new Set();

  /** @param {(error: unknown, type: string) => void} onThrow what was thrown, and by a listener of which type */
  constructor(onThrow) {
    super();
    this.#onThrow = onThrow;
  }

  /**
   * @template {keyof M & string} K
   * @override
   * @param {K} type
   * @param {Listener<CustomEvent<M[K]>> | null} listener
   * @param {boolean | AddEventListenerOptions} [options]
   */
  addEventListener(type, listener, options) {
    if (listener !== null) {
      this.#heard.add(type);
      super.addEventListener(type, this.#wrap(listener), options);
    }
  }

  /**
   * @template {keyof M & string} K
   * @override
   * @param {K} type
   * @param {Listener<CustomEvent<M[K]>> | null} listener
   * @param {boolean | EventListenerOptions} [options]
   */
  removeEventListener(type, listener, options) {
    if (listener !== null) {
      super.removeEventListener(type, this.#wrap(listener), options);
    }
  }

  /**
   * @template {keyof M & string} K
   * @param {K} type
   * @param {M[K]} detail
   */
  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /**
   * Whether anybody has ever listened to a type.
   *
   * @param {string} type
   */
  isHeard(type) {
    return this.#heard.has(type);
  }

  /**
   * The same listener has the same wrapping, so that it can be removed, and added twice is there once.
   *
   * @param {Listener<never>} listener
   */
  #wrap(listener) {
    let wrapped = this.#wrapped.get(listener);
    if (wrapped === undefined) {
      wrapped = (event) => {
        try {
          typeof listener === 'function'
            ? listener.call(this, /** @type {never} */ (event))
            : listener.handleEvent(/** @type {never} */ (event));
        } catch (error) {
          this.#onThrow(error, event.type);
        }
      };
      this.#wrapped.set(listener, wrapped);
    }
    return wrapped;
  }
}

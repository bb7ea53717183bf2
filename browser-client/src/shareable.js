// SPDX-License-Identifier: Apache-2.0
import { Connection } from './connection.js';

/** @type {import('./options.js').OpenSource} */
export const openConnection = (settings, env, listener) => new Connection(settings, env, listener);

/**
 * The source of a client that did not say otherwise: shared with the other tabs of the user where there are tabs, else a
 * connection of its own.
 *
 * @type {import('./options.js').OpenSource}
 */
export const openShareable = (settings, env, listener) =>
  env.BroadcastChannel === undefined ? openConnection(settings, env, listener) : new Shareable(settings, env, listener);

/**
 * Loads what sharing needs, and then is it: a page that does not share does not load it. Where it cannot be loaded, there is
 * a connection all the same.
 *
 * @implements {Source}
 * @typedef {import('./source.js').Source} Source
 */
class Shareable {
  #settings;
  #env;
  #listener;
  /** @type {Source | undefined} */
  #source;
  #closed = false;

  /**
   * @param {import('./options.js').ConnectionOptions} settings
   * @param {import('./environment.js').Environment} env
   * @param {import('./source.js').SourceListener} listener
   */
  constructor(settings, env, listener) {
    this.#settings = settings;
    this.#env = env;
    this.#listener = listener;
  }

  start() {
    import('./shared/tab.js').then(
      ({ Tab }) => this.#use(Tab),
      () => this.#use(Connection),
    );
  }

  close() {
    this.#closed = true;
    this.#source?.close();
  }

  restart() {
    this.#source?.restart();
  }

  /** @param {string} token */
  setToken(token) {
    this.#settings = { ...this.#settings, token };
    this.#source?.setToken(token);
  }

  /** @param {string} service */
  subscribe(service) {
    this.#source?.subscribe(service);
  }

  unsubscribe() {
    this.#source?.unsubscribe();
  }

  /** @returns {import('./source.js').SourceStatus} */
  status() {
    return (
      this.#source?.status() ?? { state: 'connecting', transport: null, connectedForMs: 0, disconnects: 0, attempts: 0, leader: false }
    );
  }

  /** @param {typeof Connection | typeof import('./shared/tab.js').Tab} Kind */
  #use(Kind) {
    if (!this.#closed) {
      this.#source = new Kind(this.#settings, this.#env, this.#listener);
      this.#source.start();
    }
  }
}

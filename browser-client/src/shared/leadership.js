// SPDX-License-Identifier: Apache-2.0
import { Timer } from '../environment.js';
import { Hub } from './hub.js';

/** A tab that has not asked for so long is gone; hidden pages have timers of a minute. Milliseconds. */
export const SILENT_MS = 150_000;

/** How often silent tabs are looked for. Milliseconds. */
const SWEEP_MS = 60_000;

/**
 * @typedef {import('../frames.js').ServerFrame} ServerFrame
 * @typedef {import('../source.js').SourceStatus} SourceStatus
 * @typedef {import('./messages.js').Addressees} Addressees
 * @typedef {import('./messages.js').Wish} Wish
 *
 * @typedef {object} LeadershipListener
 * @property {(message: import('./messages.js').Message) => void} post  to the other tabs
 * @property {(tab: string, gone: () => void) => () => void} watch
 * @property {(frame: ServerFrame, to: Addressees | undefined) => void} onFrame  for this tab and others
 * @property {(status: SourceStatus, reason: string) => void} onStatus
 * @property {() => void} onStopped  the connection will not come back by itself
 * @property {(error: Error) => void} onError
 */

/** What the leader does for the others: it has the connection, and passes on what comes. */
export class Leadership {
  #id;
  #env;
  #listener;
  #source;
  #hub;
  /** The connections before this one are counted on. */
  #before;
  /** @type {Map<string, {stop: () => void, askedAt: number}>} the other tabs */
  #tabs = new Map();
  #sweep;
  /** The number of the last thing told. */
  #told = 0;
  #ended = false;

  /**
   * @param {string} id of this tab
   * @param {import('../environment.js').Environment} env
   * @param {(listener: import('../source.js').SourceListener) => import('../source.js').Source} connect
   * @param {SourceStatus} before what is known of the connection before
   * @param {LeadershipListener} listener
   */
  constructor(id, env, connect, before, listener) {
    this.#id = id;
    this.#env = env;
    this.#before = before;
    this.#listener = listener;
    this.#sweep = new Timer(env);
    this.#source = connect({
      wanted: () => this.#hub.wanted(),
      onFrame: (frame) => this.#ended || this.#hub.take(frame),
      onState: (change) => this.#ended || this.#stateChanged(change),
      onTransport: () => this.#ended || this.#tellStatus('transport'),
      onError: (error) => this.#ended || listener.onError(error),
    });
    this.#hub = new Hub(this.#source, (frame, to) => this.#tell(frame, to));
  }

  /** @param {Record<string, Wish>} wishes of this tab */
  begin(wishes) {
    this.#wants(this.#id, wishes);
    this.#listener.post({ t: 'lead', from: this.#id });
    this.#lookAround();
    this.#source.start();
  }

  end() {
    this.#ended = true;
    this.#source.close();
    this.#sweep.stop();
    this.#tabs.forEach(({ stop }) => stop());
  }

  restart() {
    this.#source.restart();
  }

  /** @param {string} token */
  setToken(token) {
    this.#source.setToken(token);
  }

  /** @returns {SourceStatus} */
  status() {
    const status = this.#source.status();
    const { disconnects, attempts, state } = this.#before;
    // The one before did not live to count its own end.
    const ended = disconnects + (state === 'connected' ? 1 : 0);
    return { ...status, disconnects: ended + status.disconnects, attempts: attempts + status.attempts };
  }

  /**
   * @param {string} tab
   * @param {string} service
   * @param {Wish} wish
   */
  follow(tab, service, wish) {
    this.#hub.follow(tab, service, wish);
  }

  /**
   * @param {string} tab
   * @param {string[]} services
   */
  keep(tab, services) {
    this.#hub.keep(tab, services);
  }

  /** @param {import('./messages.js').Wanting} message to this leader */
  receive(message) {
    const { from } = message;
    const tab = this.#tabs.get(from);
    if (tab !== undefined) {
      tab.askedAt = this.#env.now();
    }
    switch (message.t) {
      case 'hello':
        this.#join(from, message.wanted);
        break;
      case 'follow':
        if (tab !== undefined) {
          this.follow(from, message.service, message.wish);
        }
        break;
      case 'keep':
        this.keep(from, message.services);
        break;
      case 'ask':
        this.#listener.post({ t: 'here', from: this.#id, to: from, known: tab !== undefined });
        break;
      case 'restart':
        this.restart();
        break;
      case 'bye':
        this.#drop(from);
        break;
    }
  }

  /**
   * @param {string} tab
   * @param {Record<string, Wish>} wishes
   */
  #join(tab, wishes) {
    this.#drop(tab);
    this.#tabs.set(tab, { stop: () => {}, askedAt: this.#env.now() });
    const stop = this.#listener.watch(tab, () => this.#drop(tab));
    this.#tabs.set(tab, { stop, askedAt: this.#env.now() });
    this.#listener.post({ t: 'joined', from: this.#id, to: tab, m: this.#told, status: this.status() });
    this.#wants(tab, wishes);
  }

  /** @param {string} tab */
  #drop(tab) {
    const known = this.#tabs.get(tab);
    if (known !== undefined) {
      this.#tabs.delete(tab);
      known.stop();
      this.keep(tab, []);
    }
  }

  /**
   * @param {string} tab
   * @param {Record<string, Wish>} wishes
   */
  #wants(tab, wishes) {
    for (const [service, wish] of Object.entries(wishes)) {
      this.follow(tab, service, wish);
    }
  }

  #lookAround() {
    this.#sweep.start(SWEEP_MS, () => {
      const now = this.#env.now();
      [...this.#tabs].filter(([, { askedAt }]) => now - askedAt > SILENT_MS).forEach(([tab]) => this.#drop(tab));
      this.#lookAround();
    });
  }

  /**
   * @param {ServerFrame} frame
   * @param {Addressees} [to]
   */
  #tell(frame, to) {
    // The others first: what the handlers of this tab do is not waited for.
    if (to === undefined ? this.#tabs.size > 0 : Object.keys(to).some((tab) => tab !== this.#id)) {
      this.#listener.post({ t: 'frame', from: this.#id, m: ++this.#told, to, frame });
    }
    if (!this.#ended) {
      this.#listener.onFrame(frame, to);
    }
  }

  /** @param {import('../state.js').StateChange} change */
  #stateChanged({ new: state, reason }) {
    this.#hub.connected(state === 'connected');
    this.#tellStatus(reason);
    if (state === 'stopped' && !this.#ended) {
      this.#listener.onStopped();
    }
  }

  /** @param {string} reason */
  #tellStatus(reason) {
    const status = this.status();
    this.#listener.post({ t: 'status', from: this.#id, m: ++this.#told, status, reason });
    this.#listener.onStatus(status, reason);
  }
}

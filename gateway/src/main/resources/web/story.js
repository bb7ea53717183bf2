// SPDX-License-Identifier: Apache-2.0
import { eventText } from './event-text.js';
import { duration, plural } from './format.js';
import { announce, notice } from './notices.js';
import { Outage } from './outage.js';

/**
 * @typedef {import('../client/index.js').Client} Client
 * @typedef {import('../client/index.js').EventContext} EventContext
 */

/**
 * What happens to one client, told to the feed, the chart and the visitor. The client has put the events in order and
 * dropped what came twice; here they are only shown.
 */
export class Story {
  #client;
  #stats;
  #feed;
  #localNow;
  /** Of the last `welcome`. @type {{node?: string, session?: string, org?: string | null}} */
  welcome = {};
  /** What was said at the last change of state. */
  reason = '';
  /** The outage that is going on or was the last one. @type {Outage | null} */
  outage = null;

  /**
   * @param {{client: Client, stats: import('./stats.js').Stats, feed: import('./feed.js').Feed, localNow: () => number,
   *   onChange: () => void}} options `onChange`: there is something to draw
   */
  constructor({ client, stats, feed, localNow, onChange }) {
    this.#client = client;
    this.#stats = stats;
    this.#feed = feed;
    this.#localNow = localNow;
    /**
     * @template {keyof import('../client/index.js').ClientEvents} T
     * @param {T} type
     * @param {(detail: import('../client/index.js').ClientEvents[T]) => void} tell
     */
    const on = (type, tell) =>
      client.addEventListener(type, ({ detail }) => {
        tell(detail);
        onChange();
      });
    on('statechange', (change) => this.#onState(change));
    on('event', (detail) => this.#onEvent(detail));
    on('gap', (gap) => this.#onGap(gap));
    on('subscribed', (frame) => this.#onSubscribed(frame));
    on('welcome', (frame) => (this.welcome = frame));
    on('warning', ({ code }) => code === 'slow_consumer' && notice('The server warns: this reader is slow.'));
    on('transport', () => {});
    on('error', (error) => this.#onError(error));
  }

  /** The cursors as a vector, the way queries carry them. */
  cursorText() {
    return Object.entries(this.#client.cursors())
      .map(([service, { epoch, seq }]) => `${service}=${epoch}:${seq}`)
      .join(',');
  }

  /** @param {import('../client/index.js').StateChange} change */
  #onState({ old, new: state, reason }) {
    this.reason = reason.replaceAll('_', ' ');
    if (state === 'connected') {
      this.outage?.back(performance.now());
      announce('Connected.');
    } else if (old === 'connected' && !this.#client.closed) {
      this.outage = new Outage(performance.now());
      this.#feed.add({ kind: 'dropped', text: `Disconnected at ${this.cursorText()}: ${this.reason}` });
      announce(`Disconnected: ${this.reason}.`);
    }
  }

  /** @param {import('../client/index.js').ClientEvents['event']} detail */
  #onEvent({ event, service, seq, timestamp, replay }) {
    const ms = Math.max(0, this.#localNow() + this.#client.clockOffsetMs - timestamp);
    if (replay) {
      this.#stats.replay(ms);
      this.outage?.replayed(1);
    } else {
      this.#stats.live(ms);
    }
    this.#feed.add({
      kind: replay ? 'replay' : 'live',
      service,
      seq,
      ...eventText(event),
      latency: replay ? `${duration(ms)} late` : duration(ms),
    });
  }

  /** @param {import('../client/index.js').ClientEvents['subscribed']} frame */
  #onSubscribed({ service, recovered, replayed = 0 }) {
    if (recovered !== true || !this.outage?.resumed(service, replayed)) {
      return;
    }
    const what = replayed === 0 ? 'nothing was missed' : `${plural(replayed, 'event')} to replay`;
    const where = this.welcome.node === undefined ? '' : ` on ${this.welcome.node}`;
    this.#feed.add({ kind: 'resumed', text: `Resumed ${service}${where}: ${what}` });
    if (replayed > 0) {
      announce(`${plural(replayed, 'missed event')} of ${service}, all replayed.`);
    }
  }

  /** @param {import('../client/index.js').Gap} gap */
  #onGap({ service, reason, epoch, from, to }) {
    const range = from === undefined || to === undefined ? `after ${epoch}` : `${from} to ${to}`;
    const text = `${service} lost ${range} (${reason.replaceAll('_', ' ')})`;
    this.outage?.unrecovered();
    this.#stats.gap();
    this.#feed.add({ kind: 'gap', text: `Gap: ${text}` });
    notice(`Gap: ${text}. A real application reloads its state now.`);
  }

  /** @param {Error} error */
  #onError(error) {
    // That a token is needed is what the form is for.
    if (error.name !== 'TokenUnavailable' && this.#client.state !== 'stopped') {
      notice(error.message);
    }
  }
}

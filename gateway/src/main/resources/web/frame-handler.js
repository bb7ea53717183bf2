// SPDX-License-Identifier: Apache-2.0
import { eventText } from './event-text.js';
import { duration, plural } from './format.js';
import { announce, notice } from './notices.js';
import { StreamTracker } from './stream-tracker.js';

/**
 * @typedef {import('./connection.js').Frame} Frame
 * @typedef {{session: string, node: string, org: string, heartbeatMs: number}} Welcome
 */

/**
 * Takes the frames of all connections of this page, one after the other, and keeps what outlives a connection: the
 * positions to resume from, the counters, the feed.
 */
export class FrameHandler {
  #clock;
  #stats;
  #feed;
  #onTokenExpiring;
  /** @type {Map<string, StreamTracker>} by service */
  #trackers = new Map();
  /** @type {Welcome | null} */
  #welcome = null;
  /** @type {import('./outage.js').Outage | null} */
  #outage = null;

  /**
   * @param {{
   *   clock: import('./server-clock.js').ServerClock,
   *   stats: import('./stats.js').Stats,
   *   feed: import('./feed.js').Feed,
   *   onTokenExpiring: () => void,
   * }} options
   */
  constructor({ clock, stats, feed, onTokenExpiring }) {
    this.#clock = clock;
    this.#stats = stats;
    this.#feed = feed;
    this.#onTokenExpiring = onTokenExpiring;
  }

  /** The last welcome, or null before the first. */
  get welcome() {
    return this.#welcome;
  }

  /** The outage that is going on or was the last one, or null. */
  get outage() {
    return this.#outage;
  }

  /** @param {import('./outage.js').Outage} outage */
  outageBegan(outage) {
    this.#outage = outage;
  }

  /** @returns {Record<string, import('./stream-tracker.js').Position>} where to resume, by service */
  cursors() {
    /** @type {Record<string, import('./stream-tracker.js').Position>} */
    const cursors = {};
    for (const [service, { cursor }] of this.#trackers) {
      if (cursor !== null) {
        cursors[service] = cursor;
      }
    }
    return cursors;
  }

  /** The cursors as a vector, the way queries carry them. */
  cursorText() {
    return Object.entries(this.cursors())
      .map(([service, { epoch, seq }]) => `${service}=${epoch}:${seq}`)
      .join(',');
  }

  /** Forgets all positions: another org has other streams. */
  forgetPositions() {
    this.#trackers.clear();
  }

  /** @param {Frame} frame */
  handle(frame) {
    switch (frame.type) {
      case 'welcome':
        return this.#onWelcome(frame);
      case 'subscribed':
        return this.#onSubscribed(frame);
      case 'event':
        return this.#onEvents(/** @type {any} */ (frame));
      case 'gap':
        return this.#onGap(frame);
      case 'heartbeat':
        return this.#clock.sample(frame.serverTime);
      case 'pong':
        return this.#clock.pong(frame.t);
      case 'warning':
        return this.#onWarning(frame);
      case 'error':
        return notice(`The server says: ${frame.message}`);
      default:
        // A newer server may send more kinds of frames than this page knows.
        return undefined;
    }
  }

  /** @param {any} frame */
  #onWelcome(frame) {
    this.#welcome = frame;
    this.#clock.reset();
    this.#clock.sample(frame.serverTime);
    this.#outage?.back();
  }

  /** @param {any} frame */
  #onSubscribed(frame) {
    const missed = this.#tracker(frame.service).subscribed(frame);
    if (frame.recovered === true) {
      this.#outage?.resumed(missed);
      const what = missed === 0 ? 'nothing was missed' : `${plural(missed, 'event')} to replay`;
      this.#feed.add({ kind: 'resumed', text: `Resumed ${frame.service} on ${this.#welcome?.node}: ${what}` });
      announce(`Connected again. ${plural(missed, 'missed event')}, all replayed.`);
    } else if (frame.recovered === false) {
      this.#outage?.unrecovered();
      this.#broken(
        `${frame.service} could not be recovered (${frame.reason}); live goes on after ${frame.epoch}:${frame.seq}`,
      );
    }
  }

  /** @param {import('./stream-tracker.js').EventFrame} frame */
  #onEvents(frame) {
    const { fresh, duplicates, hole } = this.#tracker(frame.service).accept(frame);
    this.#stats.duplicates += duplicates;
    this.#clock.sample(frame.timestamp);
    if (hole) {
      this.#broken(`${frame.service} skipped events before ${frame.epoch}:${fresh[0]?.seq} without saying so`);
    }
    for (const { seq, event } of fresh) {
      this.#show(frame, seq, event);
    }
    if (frame.replay) {
      this.#outage?.replayed(fresh.length);
    }
  }

  /**
   * @param {import('./stream-tracker.js').EventFrame} frame
   * @param {number} seq
   * @param {any} event
   */
  #show(frame, seq, event) {
    const published = Date.parse(event.time);
    const ms = this.#clock.since(Number.isNaN(published) ? frame.timestamp : published);
    if (frame.replay) {
      this.#stats.replay(ms);
    } else {
      this.#stats.live(ms);
    }
    this.#feed.add({
      kind: frame.replay ? 'replay' : 'live',
      seq,
      ...eventText(event),
      latency: frame.replay ? `${duration(ms)} late` : duration(ms),
    });
  }

  /** @param {any} frame */
  #onGap(frame) {
    this.#tracker(frame.service).gap(frame);
    this.#broken(
      frame.reason === 'epoch_changed'
        ? `${frame.service} began anew as epoch ${frame.epoch}; what came before may be incomplete`
        : `${frame.service} lost ${frame.from} to ${frame.to} (${frame.reason})`,
    );
  }

  /** @param {any} frame */
  #onWarning(frame) {
    if (frame.code === 'token_expiring') {
      this.#onTokenExpiring();
    } else {
      notice(`The server warns: ${String(frame.code).replaceAll('_', ' ')}`);
    }
  }

  /** @param {string} text */
  #broken(text) {
    this.#stats.gap();
    this.#feed.add({ kind: 'gap', text: `Gap: ${text}` });
    notice(`Gap: ${text}. A real application reloads its state now.`);
  }

  /** @param {string} service */
  #tracker(service) {
    let tracker = this.#trackers.get(service);
    if (tracker === undefined) {
      tracker = new StreamTracker();
      this.#trackers.set(service, tracker);
    }
    return tracker;
  }
}

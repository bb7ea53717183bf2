// SPDX-License-Identifier: Apache-2.0
import { StreamCursor } from './cursors.js';
import { EventIds } from './dedup.js';

/**
 * @typedef {import('./cursors.js').From} From
 * @typedef {import('./options.js').EventHandler} EventHandler
 *
 * What a frame came to, to be told: the events that are new, in order, and what was missed before them.
 * @typedef {{gap: import('./cursors.js').Gap | undefined, duplicates: number,
 *   fresh: {event: import('./frames.js').CloudEvent, seq: number}[]}} Outcome
 */

/** One service that somebody follows. */
class Followed {
  /** @type {Set<{handler: EventHandler | undefined}>} one for each subscription, so that a handler may come twice */
  handlers = new Set();
  /** Those who wait for the first answer. @type {Set<() => void>} */
  waiting = new Set();

  /**
   * @param {string} service
   * @param {From} from
   */
  constructor(service, from) {
    this.from = from;
    this.cursor = new StreamCursor(service, typeof from === 'string' ? undefined : from);
  }
}

/**
 * Who follows what, and where each stream is: the part of a client that outlives its connections. A frame goes in, and
 * what is new in it comes out; handlers are the caller's business.
 */
export class Subscriptions {
  /** @type {Map<string, Followed>} by service */
  #followed = new Map();
  #ids;

  /** @param {() => number} now milliseconds of a clock that does not go back */
  constructor(now) {
    this.#ids = new EventIds(now);
  }

  /**
   * @param {string} service
   * @param {EventHandler | undefined} handler
   * @param {From} from counts for the first one who follows the service
   * @returns {{first: boolean, remove: () => boolean}} `remove`: true when it was the last one
   */
  add(service, handler, from) {
    let followed = this.#followed.get(service);
    const first = followed === undefined;
    if (followed === undefined) {
      followed = new Followed(service, from);
      this.#followed.set(service, followed);
    }
    const it = followed;
    const entry = { handler };
    it.handlers.add(entry);
    return {
      first,
      remove: () => {
        if (!it.handlers.delete(entry) || it.handlers.size > 0) {
          return false;
        }
        // The position goes with the last one: who comes later begins where the stream is then.
        return this.#followed.get(service) === it && this.#followed.delete(service);
      },
    };
  }

  /** What to ask a server for, and from where. @returns {Record<string, From>} */
  wanted() {
    return Object.fromEntries([...this.#followed].map(([service, { cursor, from }]) => [service, cursor.at ?? from]));
  }

  /** @returns {Record<string, import('./cursors.js').Cursor>} the positions that are known, by service */
  cursors() {
    /** @type {Record<string, import('./cursors.js').Cursor>} */
    const cursors = {};
    for (const [service, { cursor }] of this.#followed) {
      if (cursor.at !== undefined) {
        cursors[service] = cursor.at;
      }
    }
    return cursors;
  }

  /**
   * @param {string} service
   * @returns {boolean} whether its subscription has been answered
   */
  isAttached(service) {
    return this.#followed.get(service)?.cursor.attached ?? false;
  }

  /**
   * Calls back once when the subscription has been answered.
   *
   * @param {string} service followed by somebody
   * @param {() => void} task
   * @returns {() => void} forgets it
   */
  onceAttached(service, task) {
    const waiting = this.#followed.get(service)?.waiting;
    waiting?.add(task);
    return () => void waiting?.delete(task);
  }

  /**
   * A copy, for handlers come and go while they are called.
   *
   * @param {string} service
   * @returns {EventHandler[]}
   */
  handlers(service) {
    const handlers = [...(this.#followed.get(service)?.handlers ?? [])];
    return handlers.flatMap(({ handler }) => (handler === undefined ? [] : [handler]));
  }

  /** Another transport: it may tell what the last one told, under other positions. */
  crossed() {
    for (const service of this.#followed.keys()) {
      this.#ids.crossed(service);
    }
  }

  /**
   * Takes a frame of a stream.
   *
   * @param {import('./frames.js').SubscribedFrame | import('./frames.js').EventFrame | import('./frames.js').GapFrame} frame
   * @returns {Outcome | undefined} undefined for a service that nobody follows any more
   */
  take(frame) {
    const { service } = frame;
    const followed = this.#followed.get(service);
    if (followed === undefined) {
      return undefined;
    }
    const { cursor } = followed;
    if (frame.type === 'event') {
      return this.#takeEvents(cursor, frame);
    }
    const { gap, epochChanged } = frame.type === 'gap' ? cursor.gap(frame) : cursor.subscribed(frame);
    if (epochChanged) {
      this.#ids.crossed(service);
    }
    if (frame.type === 'subscribed') {
      const waiting = [...followed.waiting];
      followed.waiting.clear();
      waiting.forEach((task) => task());
    }
    return { gap, duplicates: 0, fresh: [] };
  }

  /**
   * @param {StreamCursor} cursor
   * @param {import('./frames.js').EventFrame} frame
   * @returns {Outcome | undefined}
   */
  #takeEvents(cursor, frame) {
    const { service, events, seq } = frame;
    if (!cursor.attached) {
      return undefined;
    }
    const { seen, gap, epochChanged } = cursor.events(frame, events.length);
    if (epochChanged) {
      this.#ids.crossed(service);
    }
    const first = seq - events.length + 1;
    const fresh = events
      .map((event, k) => ({ event, seq: first + k }))
      .filter(({ event }, k) => k >= seen && !this.#ids.isRepeated(service, event));
    return { gap, duplicates: events.length - fresh.length, fresh };
  }
}

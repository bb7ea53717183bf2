// SPDX-License-Identifier: Apache-2.0
import { StreamCursor } from '../cursors.js';
import { answerTo, lowest } from './positions.js';

/**
 * @typedef {import('../cursors.js').From} From
 * @typedef {import('../frames.js').SubscribedFrame} SubscribedFrame
 * @typedef {import('./messages.js').Addressees} Addressees
 * @typedef {import('./messages.js').Wish} Wish
 *
 * @typedef {object} HubSource  what the hub does with the connection
 * @property {(service: string) => void} subscribe
 * @property {() => void} unsubscribe
 */

/** After so many answers that fit nobody, what was not answered is taken for lost. */
const MAX_BARREN = 3;

/** What one tab wants of one service, and where it is: its cursor, as told by it first and by what it has been told since. */
class Reader {
  /** Whether what was asked of the server last counts this one in. */
  counted = false;

  /** @param {string} service @param {Wish} wish */
  constructor(service, { at, n }) {
    this.n = n;
    this.from = at;
    this.cursor = new StreamCursor(service, typeof at === 'string' ? undefined : at);
  }

  /** Where it goes on. @returns {From} */
  get at() {
    return this.cursor.at ?? this.from;
  }
}

/** One service that some tab wants. */
class Wanted {
  /** @type {Map<string, Reader>} by tab */
  readers = new Map();
  /** What the server was asked for last. @type {From} */
  asked = 'latest';
  /** It has not answered yet; it is asked for nothing else until then. */
  outstanding = false;
  /** So many answers in a row were of no use to anybody. */
  barren = 0;
}

/**
 * What the leader keeps of all tabs, its own among them: what each wants and where it is. It makes one subscription of them,
 * from the lowest position, and tells each tab what is news to it: so a tab that comes later, or was away, is served by asking
 * again from where it is, and the others do not notice.
 */
export class Hub {
  #source;
  #tell;
  /** @type {Map<string, Wanted>} by service */
  #services = new Map();
  #connected = false;

  /**
   * @param {HubSource} source
   * @param {(frame: import('../frames.js').ServerFrame, to?: Addressees) => void} tell `to`: absent for all
   */
  constructor(source, tell) {
    this.#source = source;
    this.#tell = tell;
  }

  /**
   * A tab wants a service, perhaps from another position than before.
   *
   * @param {string} tab
   * @param {string} service
   * @param {Wish} wish
   */
  follow(tab, service, wish) {
    const wanted = this.#services.get(service) ?? new Wanted();
    this.#services.set(service, wanted);
    const reader = new Reader(service, wish);
    const head = newest(wanted);
    wanted.readers.set(tab, reader);
    const answer = head && this.#connected ? answerFromHere(service, reader, head) : undefined;
    if (answer === undefined) {
      this.#ask(service, wanted);
    } else {
      reader.counted = true;
      this.#answer(new Map([[tab, answer]]), wanted);
    }
  }

  /**
   * A tab wants these and no others.
   *
   * @param {string} tab
   * @param {string[]} services
   */
  keep(tab, services) {
    for (const [service, { readers }] of this.#services) {
      if (!services.includes(service) && readers.delete(tab) && readers.size === 0) {
        this.#services.delete(service);
        this.#source.unsubscribe();
      }
    }
  }

  /** What to ask a server for. @returns {Record<string, From>} */
  wanted() {
    /** @type {Record<string, From>} */
    const all = {};
    for (const [service, wanted] of this.#services) {
      if (!this.#connected) {
        // A connection is on its way, and asks for all of this.
        count(wanted);
      }
      const readers = [...wanted.readers.values()].filter(({ counted }) => counted);
      if (readers.length > 0) {
        all[service] = lowest(readers);
      }
    }
    return all;
  }

  /** @param {boolean} connected there is a connection, which has been asked for all that was wanted then */
  connected(connected) {
    this.#connected = connected;
    for (const [service, wanted] of this.#services) {
      wanted.outstanding &&= connected;
      if (connected && ![...wanted.readers.values()].some(({ counted }) => counted)) {
        this.#ask(service, wanted);
      }
    }
  }

  /** @param {import('../frames.js').ServerFrame} frame */
  take(frame) {
    switch (frame.type) {
      case 'subscribed':
        this.#answered(frame);
        break;
      case 'event':
        this.#pass(frame, (cursor) => {
          const { seen, gap } = cursor.events(frame, frame.events.length);
          return seen < frame.events.length || gap !== undefined;
        });
        break;
      case 'gap':
        this.#pass(frame, (cursor) => {
          const { gap, epochChanged } = cursor.gap(frame);
          return gap !== undefined || epochChanged;
        });
        break;
      case 'warning': {
        const denied = frame.code === 'payload_unsubscribed' && this.#services.get(String(frame.service));
        if (denied) {
          denied.outstanding = false;
        }
        this.#tell(frame);
        break;
      }
      default:
        this.#tell(frame);
    }
  }

  /**
   * @param {import('../frames.js').EventFrame | import('../frames.js').GapFrame} frame
   * @param {(cursor: StreamCursor) => boolean} isNews moves the cursor on
   */
  #pass(frame, isNews) {
    /** @type {Addressees} */
    const to = {};
    for (const [tab, { cursor, n }] of this.#services.get(frame.service)?.readers ?? []) {
      if (cursor.attached && isNews(cursor)) {
        to[tab] = n;
      }
    }
    if (Object.keys(to).length > 0) {
      this.#tell(frame, to);
    }
  }

  /** @param {SubscribedFrame} frame */
  #answered(frame) {
    const { service } = frame;
    const wanted = this.#services.get(service);
    if (wanted === undefined) {
      return;
    }
    wanted.outstanding = false;
    /** @type {Map<string, SubscribedFrame>} */
    const answers = new Map();
    let again = false;
    for (const [tab, reader] of wanted.readers) {
      const answer = reader.counted ? (answerTo(frame, reader.at, wanted.asked) ?? tired(frame, wanted)) : undefined;
      if (answer === undefined) {
        again = true;
      } else {
        answers.set(tab, answer);
      }
    }
    wanted.barren = answers.size === 0 ? wanted.barren + 1 : 0;
    this.#answer(answers, wanted);
    if (again) {
      this.#ask(service, wanted);
    }
  }

  /**
   * @param {Map<string, SubscribedFrame>} answers by tab
   * @param {Wanted} wanted
   */
  #answer(answers, { readers }) {
    for (const frame of new Set(answers.values())) {
      /** @type {Addressees} */
      const to = {};
      for (const [tab, answer] of answers) {
        const reader = answer === frame ? readers.get(tab) : undefined;
        if (reader !== undefined) {
          reader.cursor.subscribed(frame);
          to[tab] = reader.n;
        }
      }
      this.#tell(frame, to);
    }
  }

  /**
   * @param {string} service
   * @param {Wanted} wanted
   */
  #ask(service, wanted) {
    if (this.#connected && !wanted.outstanding) {
      count(wanted);
      this.#source.subscribe(service);
    }
  }
}

/**
 * A server whose answers never fit is not asked for ever.
 *
 * @param {SubscribedFrame} frame
 * @param {Wanted} wanted
 * @returns {SubscribedFrame | undefined}
 */
function tired(frame, { barren }) {
  return barren < MAX_BARREN ? undefined : { ...frame, recovered: false, reason: 'unknown_position' };
}

/** From now on the subscription is for all readers. @param {Wanted} wanted */
function count(wanted) {
  const readers = [...wanted.readers.values()];
  readers.forEach((reader) => (reader.counted = true));
  wanted.asked = lowest(readers);
  wanted.outstanding = true;
}

/**
 * Where the tabs are that are the furthest on.
 *
 * @param {Wanted} wanted
 * @returns {import('../cursors.js').Cursor | undefined} undefined while none has been answered
 */
function newest({ readers }) {
  const cursors = [...readers.values()].flatMap(({ cursor }) => (cursor.attached && cursor.at) || []);
  return cursors.sort((a, b) => b.seq - a.seq)[0];
}

/**
 * The answer to a tab that needs nothing of the past which the others have had.
 *
 * @param {string} service
 * @param {Reader} reader
 * @param {import('../cursors.js').Cursor} head what the stream has come to
 * @returns {SubscribedFrame | undefined} undefined: the server must be asked
 */
function answerFromHere(service, { at }, head) {
  const frame = /** @type {const} */ ({ type: 'subscribed', service, ...head });
  if (at === 'latest') {
    return frame;
  }
  if (at === 'earliest' || (at.epoch === head.epoch && at.seq < head.seq)) {
    return undefined;
  }
  return at.epoch === head.epoch ? { ...frame, recovered: true, replayed: 0 } : { ...frame, recovered: false, reason: 'epoch_changed' };
}

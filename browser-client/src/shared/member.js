// SPDX-License-Identifier: Apache-2.0
import { Timer } from '../environment.js';
import { BeatElection } from './beats.js';
import { Leadership } from './leadership.js';
import { LockElection } from './locks.js';

/** A follower asks this often whether the leader is there. Milliseconds. */
export const ASK_MS = 10_000;

/** After so many questions without an answer it is not: it was frozen without a word, perhaps. */
const MAX_UNANSWERED = 2;

/**
 * @typedef {import('./messages.js').Message} Message
 * @typedef {import('../source.js').SourceStatus} SourceStatus
 *
 * @typedef {object} MemberListener
 * @property {() => Record<string, import('../cursors.js').From>} wanted
 * @property {(frame: import('../frames.js').ServerFrame) => void} onFrame
 * @property {(status: SourceStatus, reason: string) => void} onStatus  something of it has changed
 * @property {(listener: import('../source.js').SourceListener) => import('../source.js').Source} connect  makes a connection
 * @property {() => void} onAstray  this membership is of no use any more: another one goes on
 * @property {() => void} onAlone  there can be no group here
 * @property {(error: Error) => void} onError
 */

/**
 * One tab in a group of tabs, from when it comes until it leaves: it finds the leader and follows it, or becomes it. It has a
 * name of its own, so that what was meant for the same tab earlier does not reach it.
 *
 * What it hears is of its own origin: of this library, in this version or another; who says something odd is not followed.
 */
export class Member {
  #env;
  #listener;
  #id;
  /** @type {import('../environment.js').ChannelLike} */
  #channel;
  /** @type {import('./election.js').Election} */
  #election;
  #stands;
  #asking;
  #unanswered = 0;
  /** @type {string | undefined} */
  #leader;
  /** The number of the last thing that the leader told; undefined before it has taken this tab on. @type {number | undefined} */
  #heard;
  /** @type {Leadership | undefined} */
  #leadership;
  /** The number of the wish in force. @type {Map<string, number>} by service */
  #wishes = new Map();
  #wishCount = 0;
  /** The last one known, and since when. @type {SourceStatus} */
  #status;
  #notedAt;
  #left = false;

  /**
   * @param {string} group
   * @param {import('../environment.js').Environment} env with a BroadcastChannel
   * @param {MemberListener} listener
   * @param {{stands: boolean, status: SourceStatus}} start `stands`: leads when nobody does; `status`: the last one known
   */
  constructor(group, env, listener, { stands, status }) {
    this.#env = env;
    this.#listener = listener;
    this.#stands = stands;
    this.#status = status;
    this.#notedAt = env.now();
    this.#id = Array.from({ length: 4 }, () => Math.floor(env.random() * 2 ** 32).toString(36)).join('-');
    this.#asking = new Timer(env);
    const Channel = /** @type {new (name: string) => import('../environment.js').ChannelLike} */ (env.BroadcastChannel);
    this.#channel = new Channel(group);
    this.#channel.onmessage = ({ data }) => this.#left || this.#receive(data);
    const elected = {
      onElected: () => this.#left || this.#lead(),
      onLost: () => this.#left || this.#listener.onAstray(),
      onImpossible: () => this.#left || this.#listener.onAlone(),
    };
    this.#election =
      env.locks === undefined
        ? new BeatElection(env, (message) => this.#post(message), elected)
        : new LockElection(env.locks, group, elected);
    this.#election.enter(this.#id, () => {
      this.#post({ t: 'who', from: this.#id });
      if (this.#stands) {
        this.#election.stand();
      }
      this.#ask();
    });
  }

  /** @returns {SourceStatus} */
  status() {
    const { connectedForMs, transport } = this.#status;
    const sinceMs = transport === null ? 0 : this.#env.now() - this.#notedAt;
    return this.#leadership?.status() ?? { ...this.#status, connectedForMs: connectedForMs + sinceMs };
  }

  /** @param {string} service */
  subscribe(service) {
    const at = this.#listener.wanted()[service];
    if (at !== undefined && this.#leader !== undefined) {
      const wish = this.#wish(service, at);
      if (this.#leadership !== undefined) {
        this.#leadership.follow(this.#id, service, wish);
      } else {
        this.#post({ t: 'follow', from: this.#id, leader: this.#leader, service, wish });
      }
    }
  }

  unsubscribe() {
    const services = Object.keys(this.#listener.wanted());
    if (this.#leadership !== undefined) {
      this.#leadership.keep(this.#id, services);
    } else if (this.#leader !== undefined) {
      this.#post({ t: 'keep', from: this.#id, leader: this.#leader, services });
    }
  }

  restart() {
    this.#stands = true;
    if (this.#leadership !== undefined) {
      this.#leadership.restart();
    } else if (this.#leader !== undefined) {
      this.#post({ t: 'restart', from: this.#id, leader: this.#leader });
    } else {
      this.#election.stand();
    }
  }

  /** @param {string} token of the same user: good for the connection if it is this tab's, else for later */
  setToken(token) {
    if (this.#leadership !== undefined) {
      this.#leadership.setToken(token);
    } else if (!this.#stands) {
      this.#stands = true;
      this.#election.stand();
    }
  }

  /** Whether it would lead: not after its connection was told to stop. */
  get stands() {
    return this.#stands;
  }

  /** The last call. A leader hands over. */
  leave() {
    this.#status = this.status();
    if (this.#leadership === undefined && this.#leader !== undefined) {
      this.#post({ t: 'bye', from: this.#id, leader: this.#leader });
    }
    this.#left = true;
    this.#abdicate();
    this.#asking.stop();
    this.#election.leave();
    this.#channel.close();
  }

  #lead() {
    this.#asking.stop();
    this.#leader = this.#id;
    this.#leadership = new Leadership(this.#id, this.#env, this.#listener.connect, this.#status, {
      post: (message) => this.#post(message),
      watch: (tab, gone) => this.#election.watch(tab, gone),
      onFrame: (frame, to) => this.#told(frame, to),
      onStatus: (status, reason) => this.#statusChanged(status, reason),
      onStopped: () => this.#standDown(),
      onError: (error) => this.#listener.onError(error),
    });
    this.#leadership.begin(this.#wishAll());
  }

  #abdicate() {
    const leadership = this.#leadership;
    this.#leadership = undefined;
    if (leadership !== undefined) {
      this.#leader = undefined;
      leadership.end();
      this.#post({ t: 'resign', from: this.#id });
    }
  }

  /** The server said to stop; another tab, with another token, may do better. */
  #standDown() {
    this.#status = this.status();
    this.#stands = false;
    this.#abdicate();
    this.#election.resign();
  }

  /** @param {Message} message */
  #receive(message) {
    if (message.from === this.#leader && message.t !== 'resign') {
      this.#unanswered = 0;
    }
    if (this.#leadership !== undefined) {
      if (message.t === 'who' || message.t === 'claim') {
        this.#post({ t: 'lead', from: this.#id });
      } else if ('leader' in message && message.leader === this.#id) {
        this.#leadership.receive(message);
      }
    } else if (message.t === 'lead' && message.from !== this.#leader) {
      this.#follow(message.from);
    } else if (message.from === this.#leader) {
      this.#heardOf(message);
    }
    this.#election.heard(message);
  }

  /** @param {string} leader */
  #follow(leader) {
    this.#leader = leader;
    this.#heard = undefined;
    this.#post({ t: 'hello', from: this.#id, leader, wanted: this.#wishAll() });
    this.#ask();
  }

  /** @param {Message} message of the leader */
  #heardOf(message) {
    switch (message.t) {
      case 'joined':
        if (message.to === this.#id) {
          this.#heard = message.m;
          this.#statusChanged({ ...message.status, leader: false }, 'leader');
        }
        break;
      case 'here':
        if (message.to === this.#id && !message.known) {
          this.#listener.onAstray();
        }
        break;
      case 'resign':
        this.#lost('leader_gone');
        break;
      case 'status':
      case 'frame':
        if (this.#heard === undefined) {
          return;
        }
        if (message.m !== ++this.#heard) {
          // Some of what it told did not come: it is told anew, from where this tab is.
          this.#listener.onAstray();
        } else if (message.t === 'status') {
          this.#statusChanged({ ...message.status, leader: false }, message.reason);
        } else {
          this.#told(message.frame, message.to);
        }
        break;
    }
  }

  /** @param {string} reason */
  #lost(reason) {
    this.#leader = undefined;
    const { disconnects, attempts, state } = this.#status;
    const next = this.#stands ? 'reconnecting' : 'stopped';
    const ended = disconnects + (state === 'connected' ? 1 : 0);
    this.#statusChanged({ disconnects: ended, attempts, state: next, transport: null, connectedForMs: 0, leader: false }, reason);
  }

  /**
   * @param {import('../frames.js').ServerFrame} frame
   * @param {import('./messages.js').Addressees | undefined} to
   */
  #told(frame, to) {
    if (to !== undefined) {
      const n = to[this.#id];
      if (n === undefined || (frame.type === 'subscribed' && n !== this.#wishes.get(frame.service))) {
        return;
      }
    }
    this.#listener.onFrame(frame);
  }

  /**
   * @param {SourceStatus} status
   * @param {string} reason
   */
  #statusChanged(status, reason) {
    this.#status = status;
    this.#notedAt = this.#env.now();
    this.#listener.onStatus(status, reason);
  }

  /** Asks after the leader, now and then. */
  #ask() {
    this.#unanswered = 0;
    this.#asking.start(ASK_MS, () => this.#askAgain());
  }

  #askAgain() {
    if (this.#unanswered >= MAX_UNANSWERED) {
      this.#unanswered = 0;
      if (this.#leader !== undefined) {
        this.#lost('leader_silent');
      }
      if (this.#stands) {
        this.#election.takeOver();
      }
    }
    this.#unanswered++;
    this.#post(this.#leader === undefined ? { t: 'who', from: this.#id } : { t: 'ask', from: this.#id, leader: this.#leader });
    this.#asking.start(ASK_MS, () => this.#askAgain());
  }

  #wishAll() {
    return Object.fromEntries(Object.entries(this.#listener.wanted()).map(([service, at]) => [service, this.#wish(service, at)]));
  }

  /**
   * @param {string} service
   * @param {import('../cursors.js').From} at
   */
  #wish(service, at) {
    const n = ++this.#wishCount;
    this.#wishes.set(service, n);
    return { at, n };
  }

  /** @param {Message} message */
  #post(message) {
    this.#channel.postMessage(message);
  }
}

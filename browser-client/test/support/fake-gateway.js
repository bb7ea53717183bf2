// SPDX-License-Identifier: Apache-2.0
import { event, FakeSocket, WELCOME } from './fake-world.js';
import { identityOf } from '../../src/identity.js';

/** The log of one service of one org. */
class Log {
  epoch = 1;
  head = 0;
  oldest = 1;

  get name() {
    return `e${this.epoch}`;
  }
}

/** A gateway for WebSockets in one process, by docs/protocol.md: what it is asked for it answers at once. */
export class FakeGateway {
  up = true;
  /** @type {Map<string, Log>} by org and service */
  #logs = new Map();
  /** @type {Set<Session>} */
  sessions = new Set();
  /** How many connections there have been. */
  connections = 0;
  /** How long a token is good, by the gateway's word. Milliseconds. */
  tokenMs = 3_600_000;
  /** Whose sessions were renewed with whose tokens. @type {string[]} */
  refreshed = [];
  /** A token that is refused. @type {string | undefined} */
  refused;

  /** @param {string} org @param {string} service */
  log(org, service) {
    const key = `${org} ${service}`;
    const log = this.#logs.get(key) ?? new Log();
    this.#logs.set(key, log);
    return log;
  }

  /** @param {string} org @param {string} service @param {number} count */
  publish(org, service, count) {
    this.log(org, service).head += count;
    this.sessions.forEach((session) => session.pump());
  }

  /** The history is lost. @param {string} org @param {string} service */
  renew(org, service) {
    const log = this.log(org, service);
    log.epoch++;
    log.head = 0;
    log.oldest = 1;
    this.sessions.forEach((session) => session.renewed(org, service));
  }

  /** The network drops all connections. */
  cut() {
    this.sessions.forEach((session) => session.end(1006));
  }

  /** @param {import('./fake-browser.js').FakeTab} page */
  gone(page) {
    this.sessions.forEach((session) => session.page === page && this.sessions.delete(session));
  }

  /** The WebSocket of a page. @param {import('./fake-browser.js').FakeTab} page @param {import('./fake-time.js').FakeTime} time */
  socketFor(page, time) {
    const gateway = this;
    return class extends FakeSocket {
      /** @param {string} url @param {string | string[]} [protocols] */
      constructor(url, protocols) {
        super(url, protocols);
        time.setTimeout(() => {
          if (page.dead || this.readyState !== 0) {
            return;
          }
          if (gateway.up) {
            gateway.sessions.add(new Session(gateway, page, this, time));
            gateway.connections++;
            page.run(() => this.open());
          } else {
            page.run(() => this.drop(1006));
          }
        }, 5);
      }
    };
  }
}

class Session {
  #gateway;
  #socket;
  #time;
  #org = '';
  user = '';
  /** @type {Map<string, number>} what was sent, by service */
  #sent = new Map();

  /**
   * @param {FakeGateway} gateway @param {import('./fake-browser.js').FakeTab} page @param {FakeSocket} socket
   * @param {import('./fake-time.js').FakeTime} time
   */
  constructor(gateway, page, socket, time) {
    this.#gateway = gateway;
    this.page = page;
    this.#socket = socket;
    this.#time = time;
    socket.send = (/** @type {string} */ data) => this.#receive(JSON.parse(data));
    socket.close = () => {
      socket.readyState = 3;
      gateway.sessions.delete(this);
    };
  }

  get services() {
    return [...this.#sent.keys()];
  }

  /** @param {number} code */
  end(code) {
    this.#gateway.sessions.delete(this);
    this.page.run(() => this.#socket.readyState === 1 && this.#socket.drop(code));
  }

  pump() {
    for (const [service, sent] of this.#sent) {
      const log = this.#gateway.log(this.#org, service);
      for (let from = sent; from < log.head; from += 3) {
        const seq = Math.min(log.head, from + 3);
        const events = Array.from({ length: seq - from }, (_, k) => event(`${this.#org}-${service}-${log.name}-${from + 1 + k}`));
        this.#send({ type: 'event', service, epoch: log.name, seq, events, timestamp: this.#time.wallTime() });
      }
      this.#sent.set(service, log.head);
    }
  }

  /** @param {string} org @param {string} service */
  renewed(org, service) {
    if (org === this.#org && this.#sent.has(service)) {
      this.#sent.set(service, 0);
      this.#send({ type: 'gap', service, epoch: this.#gateway.log(org, service).name, from: 1, to: 0, reason: 'epoch_changed' });
    }
  }

  /** @param {any} message */
  #receive(message) {
    if (!this.#gateway.sessions.has(this)) {
      return;
    }
    if (message.type === 'handshake') {
      if (message.token === this.#gateway.refused) {
        this.end(4501);
        return;
      }
      const { org = '', user = '' } = identityOf(message.token);
      this.#org = org;
      this.user = user;
      const now = this.#time.wallTime();
      this.#send({ ...WELCOME, org, user, serverTime: now, tokenExpiresAt: now + this.#gateway.tokenMs });
    }
    if (message.type === 'handshake' || message.type === 'subscribe') {
      for (const service of message.services) {
        this.#attach(service, message.cursors[service]);
      }
      this.pump();
    } else if (message.type === 'unsubscribe') {
      message.services.forEach((/** @type {string} */ service) => this.#sent.delete(service));
    } else if (message.type === 'refresh') {
      this.#gateway.refreshed.push(`${this.user} with ${identityOf(message.token).user}`);
    } else if (message.type === 'ping') {
      this.#send({ type: 'pong', t: message.t });
    }
  }

  /** @param {string} service @param {'earliest' | 'latest' | {epoch: string, seq: number} | undefined} from */
  #attach(service, from = 'latest') {
    const log = this.#gateway.log(this.#org, service);
    const base = { type: 'subscribed', service, epoch: log.name, seq: log.head };
    const at = from === 'earliest' ? { epoch: log.name, seq: log.oldest - 1 } : from;
    if (at === 'latest') {
      this.#sent.set(service, log.head);
      this.#send(base);
    } else if (at.epoch === log.name && at.seq <= log.head && at.seq + 1 >= log.oldest) {
      this.#sent.set(service, at.seq);
      this.#send({ ...base, recovered: true, replayed: log.head - at.seq });
    } else {
      this.#sent.set(service, log.head);
      const reason = at.epoch !== log.name ? 'epoch_changed' : at.seq > log.head ? 'unknown_position' : 'expired';
      this.#send({ ...base, recovered: false, reason, earliest: log.oldest });
    }
  }

  /** @param {object} frame */
  #send(frame) {
    // As the network does it: later, in order, and not at all when the connection has gone.
    this.#time.setTimeout(() => this.page.run(() => this.#socket.readyState === 1 && this.#socket.receive(frame)), 1);
  }
}

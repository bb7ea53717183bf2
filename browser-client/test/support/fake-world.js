// SPDX-License-Identifier: Apache-2.0
import { createClient } from '../../src/client.js';
import { FakeTime, settle } from './fake-time.js';

/** @typedef {import('../../src/frames.js').ServerFrame} ServerFrame */

export const WELCOME = {
  type: /** @type {const} */ ('welcome'),
  session: 's1',
  node: 'n1',
  protocol: 2,
  org: 'acme',
  user: 'ann',
  services: ['*'],
  heartbeatMs: 25_000,
};

/** A socket whose other end is the test. */
export class FakeSocket {
  readyState = 0;
  /** @type {any[]} */
  sent = [];
  /** @type {{code: number | undefined} | undefined} */
  closedByClient;
  /** @type {((event: never) => void) | null} */
  onopen = null;
  /** @type {((event: never) => void) | null} */
  onmessage = null;
  /** @type {((event: never) => void) | null} */
  onclose = null;
  /** @type {((event: never) => void) | null} */
  onerror = null;

  /** @param {string} url @param {string | string[] | undefined} protocols */
  constructor(url, protocols) {
    this.url = url;
    this.protocols = protocols;
  }

  /** @param {string} data */
  send(data) {
    this.sent.push(JSON.parse(data));
  }

  /** @param {number} [code] */
  close(code) {
    this.closedByClient = { code };
    this.readyState = 3;
  }

  open() {
    this.readyState = 1;
    this.onopen?.(/** @type {never} */ ({}));
  }

  /** @param {unknown} frame */
  receive(frame) {
    this.onmessage?.(/** @type {never} */ ({ data: JSON.stringify(frame) }));
  }

  /** @param {number} code */
  drop(code) {
    this.readyState = 3;
    this.onclose?.(/** @type {never} */ ({ code }));
  }

  /** What the client said of one type. @param {string} type */
  said(type) {
    return this.sent.filter((frame) => frame.type === type);
  }
}

/**
 * A client in a world of the test's making: its clock, its sockets, its page.
 *
 * @param {Partial<import('../../src/options.js').ClientOptions>} [options]
 * @param {{config?: () => unknown, fetch?: (url: URL, init: RequestInit) => Promise<Response>}} [server]
 */
export function fakeWorld(options = {}, { config, fetch } = {}) {
  const time = new FakeTime();
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  /** @type {FakeSocket[]} */
  const sockets = [];
  /** @type {{url: URL, init: RequestInit}[]} */
  const requests = [];
  const tokens = { asked: 0 };
  let random = () => 0.5;
  class Socket extends FakeSocket {
    /** @param {string} url @param {string | string[]} [protocols] */
    constructor(url, protocols) {
      super(url, protocols);
      sockets.push(this);
    }
  }
  const client = createClient({
    url: 'https://rt.example.com/',
    getToken: () => `token-${++tokens.asked}`,
    ...options,
    environment: {
      now: time.now,
      wallTime: time.wallTime,
      setTimeout: time.setTimeout,
      clearTimeout: time.clearTimeout,
      random: () => random(),
      WebSocket: Socket,
      window,
      document,
      fetch: /** @type {typeof globalThis.fetch} */ (
        async (/** @type {URL} */ url, /** @type {RequestInit} */ init) => {
          if (url.pathname.endsWith('/config')) {
            if (config === undefined) {
              throw new TypeError('no route');
            }
            return Response.json(config());
          }
          requests.push({ url, init });
          if (fetch === undefined) {
            throw new TypeError('no route');
          }
          return fetch(url, init);
        }
      ),
      ...options.environment,
    },
  });
  /** @type {import('../../src/state.js').StateChange[]} */
  const changes = [];
  client.addEventListener('statechange', ({ detail }) => changes.push(detail));
  /** @type {Error[]} */
  const errors = [];
  client.addEventListener('error', ({ detail }) => errors.push(detail));
  /** @type {import('../../src/cursors.js').Gap[]} */
  const gaps = [];
  client.addEventListener('gap', ({ detail }) => gaps.push(detail));
  return {
    client,
    time,
    window,
    document,
    sockets,
    requests,
    tokens,
    changes,
    errors,
    gaps,
    /** @param {() => number} next */
    setRandom: (next) => (random = next),
    /** The newest socket. */
    get socket() {
      return /** @type {FakeSocket} */ (sockets[sockets.length - 1]);
    },
    /** Opens the newest socket and welcomes it. @param {Record<string, unknown>} [more] in the welcome */
    async welcome(more = {}) {
      await settle();
      const socket = /** @type {FakeSocket} */ (sockets[sockets.length - 1]);
      socket.open();
      socket.receive({ ...WELCOME, serverTime: time.wallTime(), tokenExpiresAt: time.wallTime() + 3_600_000, ...more });
      await settle();
      return socket;
    },
  };
}

/**
 * An event frame.
 *
 * @param {string} service @param {string} epoch @param {number} seq of the last one @param {number} [count]
 * @param {Record<string, unknown>} [more]
 */
export function eventFrame(service, epoch, seq, count = 1, more = {}) {
  const events = Array.from({ length: count }, (_, k) => event(`${epoch}-${seq - count + 1 + k}`));
  return { type: 'event', service, epoch, seq, events, timestamp: 1_700_000_000_000, ...more };
}

/** @param {string} id */
export function event(id) {
  return { specversion: '1.0', id, source: '/test', type: 'test.happened' };
}

// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { event, WELCOME } from './fake-world.js';

/**
 * A gateway in a few lines: one epoch, logs in memory, WebSocket, SSE and long poll by docs/protocol.md. What it refuses,
 * and when, the test says.
 */
export class FakeServer {
  /** @type {Map<string, import('../../src/frames.js').CloudEvent[]>} */
  #logs = new Map();
  /** @type {Set<() => void>} */
  #wakes = new Set();
  #http = createServer((request, response) => void this.#handle(request, response));
  #sockets = new WebSocketServer({ noServer: true });
  /** Each told frames as they are due. @type {Set<(frame: object) => void>} */
  #live = new Set();
  flags = { realtime: true, rolloutPercent: 100, transports: ['websocket', 'sse', 'poll'] };
  blockWebSockets = false;
  /** @type {Record<string, {status: number, headers?: Record<string, string>, body?: object}>} by path */
  refuse = {};
  /** What came, as `method path authorization`. @type {string[]} */
  requests = [];
  url = '';

  async start() {
    this.#http.on('upgrade', (request, socket, head) => {
      if (this.blockWebSockets) {
        socket.destroy();
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#serve(ws));
    });
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    this.url = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (this.#http.address()).port}/`;
    return this;
  }

  async stop() {
    this.cut();
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, 'close');
  }

  /** @param {string} service @param {number} count */
  publish(service, count) {
    const log = this.#log(service);
    for (let i = 0; i < count; i++) {
      log.push(event(`${service}-${log.length + 1}`));
    }
    [...this.#wakes].forEach((wake) => wake());
  }

  /** Ends all WebSockets as a broken network does. */
  cut() {
    this.#sockets.clients.forEach((client) => client.terminate());
  }

  /** @param {object} frame to everybody who has a connection */
  tell(frame) {
    this.#live.forEach((send) => send(frame));
  }

  /** @param {string} service */
  #log(service) {
    const log = this.#logs.get(service) ?? [];
    this.#logs.set(service, log);
    return log;
  }

  #welcome() {
    return { ...WELCOME, serverTime: Date.now(), tokenExpiresAt: Date.now() + 3_600_000, flags: this.flags };
  }

  /**
   * The answer to a subscription, and what follows it; `pump` gives what is new.
   *
   * @param {string} service @param {unknown} from
   */
  #attach(service, from) {
    const log = this.#log(service);
    const given = typeof from === 'object' && from !== null ? /** @type {{seq: number}} */ (from).seq : undefined;
    let seq = from === 'earliest' ? 0 : (given ?? log.length);
    const recovered = from === undefined || from === 'latest' ? {} : { recovered: true, replayed: log.length - seq };
    const answer = { type: 'subscribed', service, epoch: 'e1', seq: log.length, ...recovered };
    const pump = () => {
      const events = log.slice(seq, seq + 100);
      seq += events.length;
      return events.length === 0 ? undefined : { type: 'event', service, epoch: 'e1', seq, events, timestamp: Date.now() };
    };
    return { answer, pump, position: () => `${service}=e1:${seq}` };
  }

  /** @param {import('ws').WebSocket} ws */
  #serve(ws) {
    /** @type {Map<string, {pump: () => object | undefined}>} */
    const streams = new Map();
    const send = (/** @type {object} */ frame) => ws.send(JSON.stringify(frame));
    const pump = () => {
      for (const { pump: next } of streams.values()) {
        for (let frame = next(); frame !== undefined; frame = next()) {
          send(frame);
        }
      }
    };
    const subscribe = (/** @type {{services: string[], cursors?: Record<string, unknown>}} */ { services, cursors }) => {
      for (const service of services) {
        const stream = this.#attach(service, cursors?.[service]);
        streams.set(service, stream);
        send(stream.answer);
      }
      pump();
    };
    ws.on('message', (data) => {
      const message = JSON.parse(String(data));
      if (message.type === 'handshake') {
        this.requests.push(`WS handshake ${message.token}`);
        send(this.#welcome());
        subscribe(message);
      } else if (message.type === 'subscribe') {
        subscribe(message);
      } else if (message.type === 'unsubscribe') {
        message.services.forEach((/** @type {string} */ service) => streams.delete(service));
      } else if (message.type === 'ping') {
        send({ type: 'pong', t: message.t });
      }
    });
    this.#wakes.add(pump);
    this.#live.add(send);
    ws.on('close', () => {
      this.#wakes.delete(pump);
      this.#live.delete(send);
    });
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async #handle(request, response) {
    const url = new URL(String(request.url), this.url);
    this.requests.push(`${request.method} ${url.pathname} ${request.headers.authorization ?? ''}`.trim());
    const refusal = this.refuse[url.pathname];
    if (refusal !== undefined) {
      response.writeHead(refusal.status, refusal.headers).end(JSON.stringify(refusal.body ?? {}));
    } else if (url.pathname === '/v2/realtime/config') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(this.flags));
    } else if (url.pathname === '/v2/realtime/sse') {
      this.#sse(url, response);
    } else if (url.pathname === '/v2/realtime/poll') {
      this.#poll(url, response);
    } else {
      response.writeHead(404).end();
    }
  }

  /** @param {URL} url */
  #streams({ searchParams }) {
    const cursors = new Map((searchParams.get('cursor') ?? '').split(',').map((part) => /** @type {[string, string]} */ (part.split('='))));
    return String(searchParams.get('services'))
      .split(',')
      .map((service) => {
        const text = cursors.get(service);
        return this.#attach(service, text?.includes(':') ? { seq: Number(text.split(':')[1]) } : text);
      });
  }

  /** @param {URL} url @param {import('node:http').ServerResponse} response */
  #sse(url, response) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (/** @type {object} */ frame) => response.write(`data: ${JSON.stringify(frame)}\n\n`);
    const streams = this.#streams(url);
    const pump = () => {
      for (const { pump: next } of streams) {
        for (let frame = next(); frame !== undefined; frame = next()) {
          send(frame);
        }
      }
    };
    send(this.#welcome());
    streams.forEach(({ answer }) => send(answer));
    pump();
    this.#wakes.add(pump);
    this.#live.add(send);
    response.on('close', () => {
      this.#wakes.delete(pump);
      this.#live.delete(send);
    });
  }

  /** As the gateway does: that a stream goes on where the client was is not told. @param {URL} url @param {import('node:http').ServerResponse} response */
  #poll(url, response) {
    const streams = this.#streams(url);
    const answer = () => {
      const news = streams.flatMap(({ answer: { recovered, ...subscribed } }) => (recovered ? [] : [subscribed]));
      const frames = [...news, ...streams.flatMap(({ pump }) => pump() ?? [])];
      const cursor = streams.map(({ position }) => position()).join();
      const headers = { 'sluice-cursor': cursor, 'sluice-flags': JSON.stringify(this.flags) };
      if (frames.length > 0) {
        response.writeHead(200, headers).end(JSON.stringify({ frames, cursor }));
        this.#wakes.delete(answer);
      }
      return frames.length > 0;
    };
    if (!answer()) {
      this.#wakes.add(answer);
      const timer = setTimeout(() => {
        this.#wakes.delete(answer);
        const cursor = streams.map(({ position }) => position()).join();
        response.writeHead(204, { 'sluice-cursor': cursor, 'sluice-flags': JSON.stringify(this.flags) }).end();
      }, Number(url.searchParams.get('timeoutMs')));
      response.on('close', () => {
        clearTimeout(timer);
        this.#wakes.delete(answer);
      });
    }
  }
}

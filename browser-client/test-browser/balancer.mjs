// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { createServer, request as ask } from 'node:http';

/** What a proxy may not let through, and the addresses it is known by. @typedef {'websocket' | 'sse'} Blocked */
const SSE = '/v2/realtime/sse';

/**
 * Stands before the nodes as a reverse proxy does: takes them in turn, passes over those that do not answer, and does not
 * let through what it is told to block.
 */
export class Balancer {
  #nodes;
  /** Requests and WebSockets have turns of their own, so that it can be said where the next WebSocket goes. */
  #turns = { request: 0, upgrade: 0 };
  /** @type {Set<Blocked>} */
  #blocked = new Set();
  /** What goes on, to be cut. @type {Map<import('node:stream').Duplex, Blocked>} */
  #open = new Map();
  #server = createServer((request, response) => this.#request(request, response));

  /** @param {URL[]} nodes */
  constructor(nodes) {
    this.#nodes = nodes;
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Listens. @param {number} port @returns {Promise<string>} its origin */
  async start(port) {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${port}`;
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#open.forEach((_, socket) => socket.destroy());
  }

  /** From now on lets these through no more, and breaks those that are there. @param {Blocked[]} kinds */
  block(...kinds) {
    this.#blocked = new Set(kinds);
    this.#open.forEach((kind, socket) => this.#blocked.has(kind) && socket.destroy());
  }

  /**
   * @param {'request' | 'upgrade'} kind
   * @param {import('node:http').IncomingMessage} incoming
   * @param {(node: URL) => import('node:http').ClientRequest} send
   * @param {() => void} giveUp
   */
  #pass(kind, incoming, send, giveUp, tries = this.#nodes.length) {
    const node = /** @type {URL} */ (this.#nodes[this.#turns[kind]++ % this.#nodes.length]);
    send(node).on('error', () => {
      // What has a body cannot be said twice.
      tries > 1 && incoming.method === 'GET' ? this.#pass(kind, incoming, send, giveUp, tries - 1) : giveUp();
    });
  }

  /** @param {import('node:http').IncomingMessage} incoming @param {import('node:http').ServerResponse} response */
  #request(incoming, response) {
    const { method = 'GET', url = '/', headers, socket } = incoming;
    if (url.startsWith(SSE)) {
      if (this.#blocked.has('sse')) {
        socket.destroy();
        return;
      }
      this.#keep(socket, 'sse');
      response.on('close', () => this.#open.delete(socket));
    }
    const send = (/** @type {URL} */ node) => {
      const outgoing = ask(node, { method, path: url, headers });
      outgoing.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        response.flushHeaders();
        answer.on('error', () => socket.destroy());
        answer.pipe(response);
      });
      response.on('close', () => outgoing.destroy());
      method === 'GET' ? outgoing.end() : incoming.pipe(outgoing);
      return outgoing;
    };
    const giveUp = () => (response.headersSent ? socket.destroy() : response.writeHead(502).end());
    this.#pass('request', incoming, send, giveUp);
  }

  /** @param {import('node:http').IncomingMessage} incoming @param {import('node:stream').Duplex} socket @param {Buffer} head */
  #upgrade(incoming, socket, head) {
    if (this.#blocked.has('websocket')) {
      socket.destroy();
      return;
    }
    this.#keep(socket, 'websocket');
    const end = () => socket.destroy();
    const send = (/** @type {URL} */ node) => {
      const outgoing = ask(node, { path: incoming.url, headers: incoming.headers });
      outgoing.on('response', end);
      outgoing.on('upgrade', (answer, other, first) => {
        const lines = answer.rawHeaders.flatMap((name, i, all) => (i % 2 === 0 ? [`${name}: ${all[i + 1]}`] : []));
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
        socket.write(first);
        other.write(head);
        other.pipe(socket).pipe(other);
        other.on('error', end).on('close', end);
        socket.on('close', () => other.destroy());
      });
      outgoing.end();
      return outgoing;
    };
    this.#pass('upgrade', incoming, send, end);
  }

  /** @param {import('node:stream').Duplex} socket @param {Blocked} kind */
  #keep(socket, kind) {
    this.#open.set(socket, kind);
    socket.on('error', () => {});
    socket.on('close', () => this.#open.delete(socket));
  }
}

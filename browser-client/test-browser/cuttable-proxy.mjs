// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Passes TCP connections on to a gateway, until it is cut. */
export class CuttableProxy {
  /** @type {Set<import('node:net').Socket>} */
  #sockets = new Set();
  /** Those that came while it was cut, and wait. @type {Set<() => void>} */
  #waiting = new Set();
  #cut = false;
  #server;

  /** @param {URL} target */
  constructor(target) {
    this.#server = createServer((client) => {
      this.#keep(client);
      const pass = () => {
        const gateway = connect(Number(target.port), target.hostname);
        this.#keep(gateway);
        client.pipe(gateway).pipe(client);
        client.on('close', () => gateway.destroy());
        gateway.on('close', () => client.destroy());
      };
      this.#cut ? this.#waiting.add(pass) : pass();
    });
  }

  /** Listens. @returns {Promise<string>} the address to use instead of the gateway's */
  async start() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (this.#server.address()).port}/`;
  }

  /** Breaks every connection; new ones hang. */
  cut() {
    this.#cut = true;
    this.#sockets.forEach((socket) => socket.destroy());
  }

  /** Lets everything through again, what hangs included. */
  mend() {
    this.#cut = false;
    this.#waiting.forEach((pass) => pass());
    this.#waiting.clear();
  }

  close() {
    this.#server.close();
    this.#sockets.forEach((socket) => socket.destroy());
  }

  /** @param {import('node:net').Socket} socket */
  #keep(socket) {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
  }
}

// SPDX-License-Identifier: Apache-2.0
import { Asked } from './asked.js';
import { OPENERS } from './transport/openers.js';
import { Upgrader } from './transport/upgrader.js';

/**
 * @typedef {import('./transport/link.js').Link} Link
 * @typedef {import('./transport/link.js').LinkListener} LinkListener
 * @typedef {{link: Link, asked: Asked}} Current
 */

/**
 * The link in use, and what it has been asked for; while it is not the best one, a better one is tried beside it and takes
 * its place without a break.
 */
export class Channel {
  #env;
  #url;
  #ladder;
  #wanted;
  #listener;
  #upgrader;
  /** @type {Current | undefined} */
  #current;
  #token = '';
  /** Whether what is wanted may be said now; before, the link asks for all of it when it opens. */
  #ready = false;
  #flushing = false;
  /** Taken back by the server for want of rights; asked for again when somebody subscribes anew. @type {Set<string>} */
  #denied = new Set();

  /**
   * @param {import('./environment.js').Environment} env
   * @param {URL} url of the gateway
   * @param {import('./transport/ladder.js').TransportLadder} ladder
   * @param {() => Record<string, import('./cursors.js').From>} wanted
   * @param {LinkListener & {onTransport: () => void}} listener `onTransport`: the link has been replaced by a better one
   */
  constructor(env, url, ladder, wanted, listener) {
    this.#env = env;
    this.#url = url;
    this.#ladder = ladder;
    this.#wanted = () => {
      const services = wanted();
      this.#denied.forEach((service) => delete services[service]);
      return services;
    };
    this.#listener = listener;
    this.#upgrader = new Upgrader(
      env,
      ladder,
      (transport, wrap) => this.#openLink(transport, wrap(listener)),
      (candidate) => this.#adopt(candidate),
    );
  }

  /** The token that the link uses; the last one when there is no link. */
  get token() {
    return this.#token;
  }

  /** The transport of the link; undefined when there is none. */
  get transport() {
    return this.#current?.link.transport;
  }

  /** @param {string} token */
  open(token) {
    this.close();
    this.#token = token;
    this.#current = this.#openLink(this.#ladder.current, this.#listener);
  }

  /** It is a connection now. */
  ready() {
    this.#ready = true;
    this.#upgrader.schedule();
    this.flush();
  }

  close() {
    this.#upgrader.stop();
    this.#current?.link.close();
    this.#current = undefined;
    this.#ready = false;
  }

  /** Asks for a sign of life. */
  probe() {
    this.#current?.link.probe();
  }

  /** @param {import('./frames.js').ClientFrame} frame */
  send(frame) {
    this.#current?.link.send(frame);
  }

  /** @param {string} token goes on with this one */
  refresh(token) {
    this.#token = token;
    this.send({ type: 'refresh', token });
  }

  /** @param {string} service is wanted, perhaps from another position than before */
  subscribe(service) {
    this.#denied.delete(service);
    this.#current?.asked.again(service);
    this.flush();
  }

  /** @param {string} service the token does not allow it any more */
  deny(service) {
    this.#denied.add(service);
  }

  /** Another token may allow other services. @returns {boolean} whether there is any that was denied */
  allowAll() {
    const denied = this.#denied.size > 0;
    this.#denied.clear();
    return denied;
  }

  /** Says what has changed in what is wanted, once for all changes of this turn. */
  flush() {
    if (this.#flushing) {
      return;
    }
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      if (this.#current !== undefined && this.#ready) {
        const { link, asked } = this.#current;
        asked.changes(this.#wanted()).forEach((frame) => link.send(frame));
      }
    });
  }

  /**
   * @param {import('./rollout.js').TransportName} transport
   * @param {LinkListener} listener
   * @returns {Current}
   */
  #openLink(transport, listener) {
    const asked = new Asked();
    const wanted = () => asked.all(this.#wanted());
    return { link: OPENERS[transport]({ env: this.#env, url: this.#url, token: this.#token, wanted }, listener), asked };
  }

  /** @param {Current} better */
  #adopt(better) {
    this.#current?.link.close();
    this.#current = better;
    this.#listener.onTransport();
    this.flush();
  }
}

// SPDX-License-Identifier: Apache-2.0
import { closeReason, isTerminal } from './close-codes.js';
import { reconnectDelay } from './reconnect-policy.js';
import { TokenNeeded } from './session.js';

const SUBPROTOCOL = 'sluice.v2';
const CLIENT = { name: 'sluice-demo', version: '1' };
const WELCOME_TIMEOUT_MS = 10_000;
const PING_INTERVAL_MS = 5_000;
/** The first round trips measure a page that is still loading; some more in a row measure the network. */
const FIRST_PINGS = 6;
/** A connection that lived this long was a good one: the next loss starts with a short backoff again. */
const STABLE_MS = 10_000;

const BROKEN = 1006;
const TOKEN_EXPIRED = 4002;
const UNAUTHORIZED = 4501;

/**
 * @typedef {{name: 'connecting'}
 *   | {name: 'live', since: number}
 *   | {name: 'waiting', reason: string, dropped: boolean, from: number, until: number}
 *   | {name: 'stopped', reason: string, tokenNeeded: boolean}} State
 *   Times by performance.now(). `dropped`: by the visitor, not by the network.
 * @typedef {{type: string, [field: string]: any}} Frame
 */

/**
 * One WebSocket to a gateway, opened again whenever it is lost, until the server says not to.
 *
 *     connecting --welcome--> live --lost, dropped--> waiting --time is up--> connecting
 *         |                     |                        ^
 *         +-- lost -------------|------------------------+
 *         +-- refused for good -+--> stopped
 *
 * Every attempt has a generation number, and whatever belongs to an older one is ignored: so a socket that was given up
 * can say nothing any more, however late its events come.
 */
export class Connection {
  #session;
  #cursors;
  #pingTime;
  #onState;
  #onFrame;

  /** @type {State} */
  #state = { name: 'connecting' };
  /** @type {WebSocket | null} */
  #socket = null;
  #generation = 0;
  #attempt = 0;
  #refusals = 0;
  /** @type {number | undefined} */
  #advisedMs;
  #pingsInARow = 0;
  #lastFrameAt = 0;
  #silenceLimitMs = WELCOME_TIMEOUT_MS;
  #nextTimer = 0;
  #pulseTimer = 0;

  /**
   * @param {{
   *   session: import('./session.js').Session,
   *   cursors: () => Record<string, import('./stream-tracker.js').Position>,
   *   pingTime: () => number,
   *   onState: (state: State) => void,
   *   onFrame: (frame: Frame) => void,
   * }} options `cursors` is asked at each handshake; frames arrive in the order of the socket
   */
  constructor({ session, cursors, pingTime, onState, onFrame }) {
    this.#session = session;
    this.#cursors = cursors;
    this.#pingTime = pingTime;
    this.#onState = onState;
    this.#onFrame = onFrame;
  }

  get state() {
    return this.#state;
  }

  /** Connects at once, whatever the state. */
  async connect() {
    const generation = this.#next({ name: 'connecting' });
    try {
      const grant = await this.#session.grant();
      if (generation === this.#generation) {
        this.#open(generation, grant);
      }
    } catch (error) {
      if (generation === this.#generation) {
        this.#withoutToken(error);
      }
    }
  }

  /**
   * Closes the socket as if the network had gone, and comes back later.
   *
   * @param {number} pauseMs
   */
  drop(pauseMs) {
    this.#wait('you dropped the connection', pauseMs, true);
  }

  /** Puts a new token on the open session, which goes on uninterrupted; rejects when there is none to be had. */
  async refresh() {
    const generation = this.#generation;
    const { token } = await this.#session.renewed();
    if (generation === this.#generation) {
      this.#send({ type: 'refresh', token });
    }
  }

  /** @param {unknown} error */
  #withoutToken(error) {
    if (error instanceof TokenNeeded) {
      this.#next({ name: 'stopped', reason: 'a token is needed', tokenNeeded: true });
    } else {
      this.#lost(BROKEN);
    }
  }

  /**
   * @param {number} generation
   * @param {import('./session.js').Grant} grant
   */
  #open(generation, { token, services }) {
    const url = new URL('v2/realtime/stream', document.baseURI);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url, SUBPROTOCOL);
    this.#socket = socket;
    this.#lastFrameAt = performance.now();
    this.#silenceLimitMs = WELCOME_TIMEOUT_MS;
    this.#pulseTimer = setInterval(() => this.#pulse(), PING_INTERVAL_MS);
    socket.onopen = () =>
      this.#send({ type: 'handshake', token, services, cursors: this.#cursors(), client: CLIENT });
    socket.onmessage = ({ data }) => generation === this.#generation && this.#receive(JSON.parse(data));
    socket.onclose = ({ code }) => generation === this.#generation && this.#lost(code);
  }

  /** @param {Frame} frame */
  #receive(frame) {
    this.#lastFrameAt = performance.now();
    if (frame.type === 'welcome') {
      this.#refusals = 0;
      this.#advisedMs = undefined;
      this.#silenceLimitMs = 2 * frame.heartbeatMs;
      this.#pingsInARow = FIRST_PINGS;
      this.#setState({ name: 'live', since: performance.now() });
      this.#ping();
    } else if (frame.type === 'pong' && this.#pingsInARow > 0) {
      this.#ping();
    } else if (frame.type === 'goaway') {
      this.#advisedMs = frame.reconnectAfterMs;
    } else if (frame.type === 'error') {
      this.#advisedMs = frame.retryAfterMs ?? this.#advisedMs;
    }
    this.#onFrame(frame);
  }

  /** A socket may be dead long before anyone says so: silence of two heartbeats is taken as its end. */
  #pulse() {
    if (performance.now() - this.#lastFrameAt > this.#silenceLimitMs) {
      this.#lost(BROKEN);
    } else if (this.#state.name === 'live') {
      this.#ping();
    }
  }

  #ping() {
    this.#pingsInARow--;
    this.#send({ type: 'ping', t: this.#pingTime() });
  }

  /** @param {Frame} frame */
  #send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(frame));
    }
  }

  /** @param {number} code */
  #lost(code) {
    if (this.#state.name === 'live' && performance.now() - this.#state.since >= STABLE_MS) {
      this.#attempt = 0;
    }
    if (code === TOKEN_EXPIRED || code === UNAUTHORIZED) {
      this.#session.forget();
    }
    // A restarted demo has a new key, so the first refusal is worth a new token; the second one is meant.
    const refused = code === UNAUTHORIZED && ++this.#refusals < 2 ? TOKEN_EXPIRED : code;
    if (isTerminal(refused)) {
      this.#next({ name: 'stopped', reason: closeReason(code), tokenNeeded: code === UNAUTHORIZED });
    } else {
      this.#wait(closeReason(code), reconnectDelay(refused, this.#attempt++, this.#advisedMs), false);
    }
  }

  /**
   * @param {string} reason
   * @param {number} delayMs
   * @param {boolean} dropped
   */
  #wait(reason, delayMs, dropped) {
    const from = performance.now();
    this.#next({ name: 'waiting', reason, dropped, from, until: from + delayMs });
    this.#nextTimer = setTimeout(() => this.connect(), delayMs);
  }

  /**
   * Gives up whatever is under way and enters a state without an open socket.
   *
   * @param {State} state
   * @returns {number} the new generation
   */
  #next(state) {
    this.#generation++;
    clearTimeout(this.#nextTimer);
    clearInterval(this.#pulseTimer);
    this.#socket?.close();
    this.#socket = null;
    this.#setState(state);
    return this.#generation;
  }

  /** @param {State} state */
  #setState(state) {
    this.#state = state;
    this.#onState(state);
  }
}

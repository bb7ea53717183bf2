// SPDX-License-Identifier: Apache-2.0
import { MIN_DELAY_MS } from './backoff.js';
import { Channel } from './channel.js';
import { BROKEN, codeOf } from './close-codes.js';
import { Timer } from './environment.js';
import { SluiceError, TokenUnavailable } from './errors.js';
import { identityOf } from './identity.js';
import { watchPage } from './page-lifecycle.js';
import { Pinger } from './pinger.js';
import { ReconnectPolicy } from './reconnect-policy.js';
import { RolloutGate } from './rollout-gate.js';
import { StateMachine } from './state.js';
import { TokenRefresh } from './token-refresh.js';
import { TokenSource } from './token-source.js';
import { TransportLadder } from './transport/ladder.js';
import { WELCOME_TIMEOUT_MS } from './transport/upgrader.js';
import { MARGIN_MS, Watchdog } from './watchdog.js';

const DEFAULT_HEARTBEAT_MS = 25_000;

/**
 * The connection of one client to the gateways: it opens links, one after the other, until it is told not to. What is
 * followed, and from where, it asks its listener each time; so whoever holds the cursors holds all that must survive.
 *
 * Every attempt has a generation number; an answer that belongs to an older one (a token that came late) is ignored. A
 * link that was closed says nothing any more.
 *
 * @implements {Source}
 * @typedef {import('./source.js').Source} Source
 */
export class Connection {
  #env;
  #listener;
  #tokens;
  #refresh;
  #gate;
  #machine;
  #policy;
  #ladder = new TransportLadder();
  #channel;
  #watchdog;
  /** Until the next attempt, or the slot to leave in. */
  #next;
  #pinger;
  #unwatchPage = () => {};

  #generation = 0;
  /** @type {number | undefined} */
  #connectedAt;
  #attemptedAt = -Infinity;
  /** What is waited for between attempts; undefined when nothing is. @type {'backoff' | 'advised' | 'page' | undefined} */
  #waiting;
  /** @type {number | undefined} */
  #slotAt;
  /** @type {import('./frames.js').ErrorFrame | undefined} */
  #lastError;
  /** The application gave another token, which may be another user's. */
  #switching = false;
  #disconnects = 0;
  #attempts = 0;

  /**
   * @param {{url: URL, user?: string | undefined, token?: string | undefined,
   *   getToken?: import('./token-source.js').GetToken | undefined}} options
   * @param {import('./environment.js').Environment} env
   * @param {import('./source.js').SourceListener} listener
   */
  constructor({ url, user, token, getToken }, env, listener) {
    this.#env = env;
    this.#listener = listener;
    this.#tokens = new TokenSource(env, getToken, token);
    this.#refresh = new TokenRefresh(env, this.#tokens, (token) => this.#useToken(token), (error) => this.#report(error));
    this.#gate = new RolloutGate(env, url, user, () => this.#flagsChanged());
    this.#machine = new StateMachine((change) => listener.onState(change));
    this.#policy = new ReconnectPolicy(env.random);
    this.#channel = new Channel(env, url, this.#ladder, () => listener.wanted(), {
      onOpen: () => this.#connected({}),
      onHeard: () => this.#watchdog.heard(),
      onFrame: (frame) => this.#onFrame(frame),
      onBadFrame: (problem) => this.#report(new SluiceError('bad_frame', problem)),
      onClose: (ending) => this.#lost(ending),
      onTransport: () => this.#tellTransport(),
    });
    this.#watchdog = new Watchdog(env, () => this.#lost({ code: BROKEN, unavailable: this.#connectedAt === undefined }));
    this.#next = new Timer(env);
    this.#pinger = new Pinger(env, (frame) => this.#channel.send(frame));
  }

  start() {
    this.#unwatchPage = watchPage(this.#env, {
      onDoubt: () => this.#doubt(),
      onHurry: () => this.#hurry(),
      onHide: () => this.#pause(),
      onShow: () => this.#waiting === 'page' && this.#attempt(),
    });
    this.#begin('started');
  }

  close() {
    this.#unwatchPage();
    this.#leave('closed', 'stopped');
  }

  restart() {
    this.#begin('restarted');
  }

  /** @param {string} token */
  setToken(token) {
    this.#tokens.use(token);
    // A refresh is not answered, so it cannot be known from when on the session has more rights: then it takes a new one.
    if (this.#channel.allowAll() || this.#connectedAt === undefined) {
      this.#begin('token');
    } else {
      this.#switching = true;
      this.#useToken(token);
    }
  }

  /** @param {string} service */
  subscribe(service) {
    this.#channel.subscribe(service);
  }

  unsubscribe() {
    this.#channel.flush();
  }

  /** @returns {import('./source.js').SourceStatus} */
  status() {
    const since = this.#connectedAt;
    return {
      state: this.#machine.state,
      transport: (since !== undefined && this.#channel.transport) || null,
      connectedForMs: since === undefined ? 0 : this.#env.now() - since,
      disconnects: this.#disconnects,
      attempts: this.#attempts,
      leader: true,
    };
  }

  /** Leaves, and is back at once. @param {string} reason */
  #again(reason) {
    this.#leave(reason, 'reconnecting');
    this.#attempt();
  }

  /** @param {string} reason */
  #begin(reason) {
    const fresh = this.#machine.state === 'stopped' || this.#machine.state === 'connecting';
    this.#policy.reset();
    this.#leave(reason, fresh ? 'connecting' : 'reconnecting');
    this.#attempt();
  }

  /**
   * Gives up what is under way, for a reason of our own or of the server's.
   *
   * @param {string} reason
   * @param {import('./state.js').State} state to be in then
   * @param {() => void} [prepare] done before the state is told: whoever hears of it may call anything
   */
  #leave(reason, state, prepare) {
    if (this.#connectedAt !== undefined) {
      this.#disconnects++;
    }
    this.#abandon();
    prepare?.();
    this.#machine.set(state, reason);
  }

  #attempt() {
    if (this.#machine.state === 'stopped') {
      return;
    }
    const generation = this.#abandon();
    this.#attemptedAt = this.#env.now();
    if (this.#machine.state === 'reconnecting') {
      this.#attempts++;
    }
    Promise.all([this.#tokens.current(), this.#gate.ready()]).then(
      ([token]) => generation === this.#generation && this.#open(token),
      (error) => generation === this.#generation && this.#withoutToken(error),
    );
  }

  /** @param {unknown} error */
  #withoutToken(error) {
    this.#report(error);
    if (error instanceof TokenUnavailable) {
      this.#leave('token_needed', 'stopped');
    } else {
      this.#lost({ code: BROKEN });
    }
  }

  /** @param {string} token */
  #open(token) {
    this.#ladder.allow(this.#gate.allowed(token));
    this.#watchdog.watch(WELCOME_TIMEOUT_MS);
    this.#channel.open(token);
  }

  /** @param {import('./frames.js').ServerFrame} frame */
  #onFrame(frame) {
    switch (frame.type) {
      case 'welcome':
        this.#connected(frame);
        break;
      case 'goaway':
        this.#slotAt = this.#env.now() + frame.reconnectAfterMs;
        this.#next.start(frame.reconnectAfterMs, () => this.#again('goaway'));
        break;
      case 'error':
        this.#lastError = frame;
        // Another user's token cannot carry a session on: it gets one of its own.
        if (this.#switching && (frame.code === 'refresh_refused' || frame.code === 'invalid_token')) {
          this.#again('token');
        }
        break;
      case 'warning':
        if (frame.code === 'token_expiring') {
          this.#refresh.now();
        } else if (frame.code === 'payload_unsubscribed' && frame.service !== undefined) {
          this.#channel.deny(frame.service);
        }
        break;
      case 'flags':
        this.#gate.take(frame);
        break;
      case 'pong':
        this.#pinger.pong();
        break;
    }
    this.#listener.onFrame(frame);
  }

  /** @param {Partial<import('./frames.js').WelcomeFrame>} welcome */
  #connected({ heartbeatMs = DEFAULT_HEARTBEAT_MS, serverTime, tokenExpiresAt, flags }) {
    const { token } = this.#channel;
    this.#watchdog.watch(2 * heartbeatMs + MARGIN_MS);
    if (flags !== undefined) {
      this.#gate.take(flags);
    }
    if (this.#connectedAt !== undefined) {
      return;
    }
    this.#connectedAt = this.#env.now();
    const expiresAt = tokenExpiresAt ?? identityOf(token).expiresAt ?? NaN;
    this.#refresh.schedule(expiresAt - (serverTime ?? this.#env.wallTime()));
    this.#pinger.start();
    this.#gate.watch(token);
    this.#channel.ready();
    this.#tellTransport();
    this.#machine.set('connected', String(this.#channel.transport));
  }

  #tellTransport() {
    this.#listener.onTransport(/** @type {import('./rollout.js').TransportName} */ (this.#channel.transport));
  }

  /** @param {import('./transport/link.js').LinkEnding} given */
  #lost(given) {
    const now = this.#env.now();
    const livedMs = this.#connectedAt === undefined ? 0 : Math.max(1, now - this.#connectedAt);
    const slotMs = this.#slotAt === undefined ? undefined : this.#slotAt - now;
    // A transport without close codes ends without a word; then the last fatal error was the word.
    const said = this.#lastError;
    const code = given.code < 4000 && said?.fatal === true && codeOf(said.code) !== BROKEN ? codeOf(said.code) : given.code;
    const retryAfterMs = given.retryAfterMs ?? said?.retryAfterMs;
    this.#ladder.ended({ ...given, code }, livedMs, this.#env.online());
    const decision = this.#policy.decide({ code, retryAfterMs }, livedMs, slotMs);
    if (decision.action === 'stop' ? decision.tokenNeeded : decision.newToken) {
      this.#tokens.forget(this.#channel.token);
    }
    if (decision.action === 'stop') {
      return this.#leave(decision.reason, 'stopped');
    }
    this.#leave(decision.reason, 'reconnecting', () => {
      this.#waiting = decision.advised ? 'advised' : 'backoff';
      this.#next.start(decision.delayMs, () => this.#attempt());
    });
  }

  /**
   * Gives up whatever is under way.
   *
   * @returns {number} the new generation
   */
  #abandon() {
    for (const timer of [this.#next, this.#pinger, this.#watchdog, this.#refresh, this.#gate]) {
      timer.stop();
    }
    this.#channel.close();
    this.#connectedAt = undefined;
    this.#waiting = undefined;
    this.#slotAt = undefined;
    this.#lastError = undefined;
    this.#switching = false;
    return ++this.#generation;
  }

  /** @param {string} token */
  #useToken(token) {
    if (this.#connectedAt !== undefined) {
      this.#channel.refresh(token);
      this.#refresh.schedule((identityOf(token).expiresAt ?? NaN) - this.#env.wallTime());
    }
  }

  /** Other transports may be allowed now. */
  #flagsChanged() {
    const { token, transport } = this.#channel;
    this.#ladder.allow(this.#gate.allowed(token));
    if (this.#connectedAt !== undefined && this.#ladder.current !== transport) {
      this.#again('flags');
    } else {
      this.#gate.watch(token);
    }
  }

  /** The connection may have died unnoticed. */
  #doubt() {
    if (this.#connectedAt !== undefined) {
      this.#watchdog.probe();
      this.#channel.probe();
    }
  }

  /** A wait by the table is cut short; not below the shortest delay, and not what the server advised. */
  #hurry() {
    if (this.#waiting === 'backoff') {
      this.#policy.reset();
      const sinceMs = this.#env.now() - this.#attemptedAt;
      this.#next.start(Math.max(0, MIN_DELAY_MS - sinceMs) + MIN_DELAY_MS * this.#env.random(), () => this.#attempt());
    }
  }

  /** The page goes into the cache; it comes back with another attempt, or never. */
  #pause() {
    if (this.#machine.state !== 'stopped') {
      this.#leave('page_hidden', 'reconnecting', () => (this.#waiting = 'page'));
    }
  }

  /** @param {unknown} error always an Error */
  #report(error) {
    this.#listener.onError(/** @type {Error} */ (error));
  }
}

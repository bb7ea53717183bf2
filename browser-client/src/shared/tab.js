// SPDX-License-Identifier: Apache-2.0
import { Connection } from '../connection.js';
import { identityOf } from '../identity.js';
import { TokenSource } from '../token-source.js';
import { groupOf } from './group.js';
import { Member } from './member.js';
import { onPage } from './page.js';

/**
 * What feeds the client of one tab: the connection that the tabs of one user share, wherever it is. The tab that leads has it;
 * who is of another user is in another group, and hears nothing of this one.
 *
 * The token stays in the tab. When it becomes another user's, the tab goes to that user's group, before the token is used.
 * While the page is frozen, or kept to come back to, the tab is in no group.
 *
 * @implements {Source}
 * @typedef {import('../source.js').Source} Source
 */
export class Tab {
  #settings;
  #env;
  #listener;
  #tokens;
  /** The last one seen. @type {string | undefined} */
  #token;
  /** @type {string | undefined} */
  #group;
  /** @type {Member | undefined} */
  #member;
  /** Where there is no group: a connection for this tab only. @type {Source | undefined} */
  #alone;
  #unwatch = () => {};
  #away = false;
  #closed = false;
  /** What the client was told. @type {import('../state.js').State} */
  #state = 'stopped';
  /** The last one of a membership that has ended. @type {import('../source.js').SourceStatus} */
  #status = { state: 'stopped', transport: null, connectedForMs: 0, disconnects: 0, attempts: 0, leader: false };
  #stands = true;

  /**
   * @param {import('../options.js').ConnectionOptions} settings
   * @param {import('../environment.js').Environment} env
   * @param {import('../source.js').SourceListener} listener
   */
  constructor(settings, env, listener) {
    this.#settings = settings;
    this.#env = env;
    this.#listener = listener;
    this.#tokens = new TokenSource(env, settings.getToken, settings.token);
  }

  start() {
    this.#tell('connecting', 'started');
    this.#unwatch = onPage(this.#env, {
      onAway: () => this.#leavePage(),
      onBack: () => this.#backOnPage(),
    });
    this.#tokens.current().then(
      (token) => this.#notice(token),
      // The connection asks again, and says what is wrong.
      () => this.#token === undefined && this.#enter(undefined),
    );
  }

  close() {
    this.#closed = true;
    this.#unwatch();
    this.#quit();
    this.#tell('stopped', 'closed');
  }

  restart() {
    this.#stands = true;
    (this.#member ?? this.#alone)?.restart();
  }

  /** @param {string} token */
  setToken(token) {
    this.#tokens.use(token);
    this.#stands = true;
    void this.#notice(token).then((moved) => {
      if (!moved && this.#token === token) {
        (this.#member ?? this.#alone)?.setToken(token);
      }
    });
  }

  /** @param {string} service */
  subscribe(service) {
    (this.#member ?? this.#alone)?.subscribe(service);
  }

  unsubscribe() {
    (this.#member ?? this.#alone)?.unsubscribe();
  }

  /** @returns {import('../source.js').SourceStatus} */
  status() {
    return { ...((this.#member ?? this.#alone)?.status() ?? this.#status), state: this.#state };
  }

  /**
   * There is another token.
   *
   * @param {string} token
   * @returns {Promise<boolean>} whether it led to another group
   */
  async #notice(token) {
    this.#token = token;
    const { url, user } = this.#settings;
    const group = await groupOf(url, user, token, this.#env.subtle);
    // Of two that came shortly after each other the later one counts.
    if (this.#closed || this.#token !== token || (group === this.#group && (this.#member ?? this.#alone) !== undefined)) {
      return false;
    }
    this.#enter(group);
    return true;
  }

  /** @param {string | undefined} group */
  #enter(group) {
    if (this.#closed) {
      return;
    }
    this.#quit();
    this.#group = group;
    if (this.#away) {
      return;
    }
    if (this.#state !== 'stopped' || this.#stands) {
      this.#tell('connecting', 'started');
    }
    if (group === undefined) {
      this.#alone = this.#connect({
        ...this.#listener,
        onState: ({ new: state, reason }) => this.#alone && this.#tell(state, reason),
      });
      this.#alone.start();
    } else {
      this.#join(group);
    }
  }

  /** @param {string} group */
  #join(group) {
    /** @type {Member} */
    const member = new Member(
      group,
      this.#env,
      {
        wanted: () => this.#listener.wanted(),
        onFrame: (frame) => this.#member === member && this.#listener.onFrame(frame),
        onStatus: (status, reason) => this.#member === member && this.#statusChanged(status, reason),
        connect: (listener) => this.#connect(listener),
        onAstray: () => this.#member === member && this.#enter(group),
        onAlone: () => this.#member === member && this.#enter(undefined),
        onError: (error) => this.#listener.onError(error),
      },
      { stands: this.#stands, status: this.#status },
    );
    this.#member = member;
  }

  /** Of no group any more. */
  #quit() {
    this.#status = { ...this.status(), transport: null, connectedForMs: 0, leader: false };
    const member = this.#member;
    const alone = this.#alone;
    this.#member = undefined;
    this.#alone = undefined;
    if (member !== undefined) {
      this.#stands = member.stands;
    }
    member?.leave();
    alone?.close();
  }

  /** @param {import('../source.js').SourceListener} listener */
  #connect(listener) {
    const { url, user, getToken } = this.#settings;
    const { expiresAt = Infinity } = identityOf(this.#token ?? '');
    const good = getToken === undefined || expiresAt > this.#env.wallTime();
    const renewed = async () => {
      const token = await this.#tokens.renewed();
      await this.#notice(token);
      return token;
    };
    const token = good ? this.#token : undefined;
    return new Connection({ url, user, token, getToken: getToken && renewed }, this.#env, listener);
  }

  #leavePage() {
    if (!this.#away && this.#member !== undefined) {
      this.#away = true;
      this.#quit();
      if (this.#state !== 'stopped') {
        this.#tell('reconnecting', 'page_hidden');
      }
    }
  }

  #backOnPage() {
    if (this.#away) {
      this.#away = false;
      this.#enter(this.#group);
    }
  }

  /**
   * @param {import('../source.js').SourceStatus} status
   * @param {string} reason
   */
  #statusChanged({ transport, state }, reason) {
    if (transport !== null) {
      this.#listener.onTransport(transport);
    }
    this.#tell(state, reason);
  }

  /**
   * Tells the client of a state, by ways that a client knows: it has one life, whatever becomes of connections.
   *
   * @param {import('../state.js').State} given
   * @param {string} reason
   * @returns {void}
   */
  #tell(given, reason) {
    const old = this.#state;
    const state = given === 'connecting' && old !== 'stopped' && old !== 'connecting' ? 'reconnecting' : given;
    if (state === old) {
      return;
    }
    if (old === 'stopped' && state !== 'connecting') {
      this.#tell('connecting', reason);
      return this.#tell(state, reason);
    }
    this.#state = state;
    this.#listener.onState({ old, new: state, reason });
  }
}

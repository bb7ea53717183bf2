// SPDX-License-Identifier: Apache-2.0
import { Emitter } from './emitter.js';
import { SluiceError } from './errors.js';
import { DEFAULT_LIMIT, EventQueue } from './event-queue.js';
import { ClientMetrics } from './metrics.js';
import { checkService, readOptions } from './options.js';
import { whenAttached } from './ready.js';
import { openConnection, openShareable } from './shareable.js';
import { Subscriptions } from './subscriptions.js';

/**
 * @typedef {import('./cursors.js').Cursor} Cursor
 * @typedef {import('./cursors.js').From} From
 * @typedef {import('./cursors.js').Gap} Gap
 * @typedef {import('./frames.js').CloudEvent} CloudEvent
 * @typedef {import('./frames.js').ServerFrame} ServerFrame
 * @typedef {import('./metrics.js').Metrics} Metrics
 * @typedef {import('./options.js').ClientOptions} ClientOptions
 * @typedef {import('./options.js').EventContext} EventContext
 * @typedef {import('./options.js').EventHandler} EventHandler
 * @typedef {import('./state.js').State} State
 * @typedef {import('./state.js').StateChange} StateChange
 *
 * The `detail` of each event. `warning`, `goaway`, `welcome` and `flags` are the server's frames; `transport` tells a change.
 * @typedef {{statechange: StateChange, event: EventContext & {event: CloudEvent}, gap: Gap, error: Error,
 *   subscribed: import('./frames.js').SubscribedFrame, welcome: import('./frames.js').WelcomeFrame,
 *   warning: import('./frames.js').WarningFrame, goaway: import('./frames.js').GoAwayFrame,
 *   flags: import('./frames.js').FlagsFrame, heartbeat: import('./frames.js').HeartbeatFrame,
 *   transport: import('./rollout.js').TransportName}} ClientEvents
 */

/**
 * Makes a client, which connects at once and stays connected until it is closed.
 *
 * @param {ClientOptions} options
 * @returns {Client}
 * @throws {TypeError} naming the option that is wrong
 */
export function createClient(options) {
  return new Client(options);
}

/**
 * Follows services of a gateway. Made by {@link createClient}.
 *
 * It holds what must outlive connections: who follows what, the positions, the ids of the last minutes. Where the frames
 * come from is the source's business.
 *
 * @extends {Emitter<ClientEvents>}
 */
export class Client extends Emitter {
  #marks;
  #subscriptions;
  /** Positions to go on from, for services that nobody has followed yet. @type {Record<string, Cursor>} */
  #resume;
  #metrics;
  #source;
  #closed = new AbortController();
  #started = false;
  /** @type {import('./rollout.js').TransportName | undefined} */
  #transport;

  /**
   * @hideconstructor
   * @param {ClientOptions} options
   */
  constructor(options) {
    super((error, type) => this.#listenerFailed(error, type));
    const { env, connection } = readOptions(options);
    this.#marks = options.marks === true;
    this.#subscriptions = new Subscriptions(env.now);
    this.#metrics = new ClientMetrics(env);
    const { services = [], cursors = {}, onGap } = options;
    onGap === undefined || this.addEventListener('gap', ({ detail }) => onGap(detail));
    for (const service of services) {
      this.#subscriptions.add(service, undefined, cursors[service] ?? 'latest');
    }
    this.#resume = { ...cursors };
    const open = options.source ?? (options.shareConnection === false ? openConnection : openShareable);
    this.#source = open(connection, env, {
      wanted: () => this.#subscriptions.wanted(),
      onFrame: (frame) => this.#onFrame(frame),
      onState: (change) => this.#onState(change),
      onTransport: (transport) => this.#onTransport(transport),
      onError: (error) => this.#fail(error),
    });
    options.exposeMetrics === true && Object.assign(env.window ?? {}, { __realtimeMetrics: () => this.metrics() });
    // Later, so that the caller can listen first.
    queueMicrotask(() => this.closed || this.#source.start());
  }

  /** @returns {State} */
  get state() {
    return this.closed ? 'stopped' : this.#started ? this.#source.status().state : 'connecting';
  }

  /** Whether `close()` has been called. */
  get closed() {
    return this.#closed.signal.aborted;
  }

  /**
   * Follows a service. The first who follows it decides where it begins; when the last one has gone, its position is
   * forgotten.
   *
   * @param {string} service
   * @param {EventHandler} handler called in the order of the stream
   * @param {{signal?: AbortSignal | undefined, from?: From | undefined}} [options] `from`: by default where `cursors` says, else the latest event
   * @returns {() => void} unsubscribes; a second call does nothing
   * @throws {TypeError} for what cannot be a service
   */
  subscribe(service, handler, { signal, from } = {}) {
    if (typeof handler !== 'function') {
      throw new TypeError("'handler' must be a function");
    }
    return this.#follow(service, handler, signal, from);
  }

  /**
   * The events of a service, for `for await`. Leaving the loop, the signal or `close()` ends it.
   *
   * A consumer that is slower than the events come loses all that wait when more than `limit` do: one `gap` with the reason
   * `slow_consumer` says which.
   *
   * @param {string} service
   * @param {{signal?: AbortSignal | undefined, from?: From | undefined, limit?: number | undefined}} [options]
   * @returns {AsyncIterableIterator<CloudEvent>}
   * @throws {TypeError} for what cannot be a service
   */
  events(service, { signal, from, limit = DEFAULT_LIMIT } = {}) {
    let unsubscribe = () => {};
    const queue = new EventQueue(
      limit,
      (gap) => this.#gap(gap),
      () => {
        signal?.removeEventListener('abort', end);
        this.#closed.signal.removeEventListener('abort', end);
        unsubscribe();
      },
    );
    const end = () => queue.end();
    unsubscribe = this.#follow(service, (event, context) => queue.push(event, context), undefined, from);
    signal?.addEventListener('abort', end);
    this.#closed.signal.addEventListener('abort', end);
    if (this.closed || signal?.aborted) {
      end();
    }
    return queue;
  }

  /**
   * Waits until the subscription of a service has been answered: from the position that it gives on, every event comes or
   * is announced as a gap. Load the state after this, and nothing falls between the two.
   *
   * @param {string} service that somebody follows
   * @param {{signal?: AbortSignal | undefined}} [options]
   * @returns {Promise<Cursor>} rejects when the signal says so, the client is closed, or nobody follows the service
   */
  ready(service, { signal } = {}) {
    return whenAttached(this.#subscriptions, service, [this.#closed.signal, ...(signal === undefined ? [] : [signal])]);
  }

  /** Where each service stands that is followed and has been answered: to go on from there later, see the option `cursors`. */
  cursors() {
    return this.#subscriptions.cursors();
  }

  /** @returns {Metrics} */
  metrics() {
    return this.#metrics.snapshot(this.#source.status());
  }

  /** The server's time less this machine's, an estimate in milliseconds: how old an event is, its `timestamp` tells by this. */
  get clockOffsetMs() {
    return this.#metrics.clockOffsetMs;
  }

  /**
   * Goes on with another token: of the same user without a break, of another one with a connection of its own.
   *
   * @param {string} token
   */
  setToken(token) {
    if (!this.closed) {
      this.#source.setToken(token);
    }
  }

  /** Connects anew at once, also after the server said to stop. */
  restart() {
    if (!this.closed) {
      this.#source.restart();
    }
  }

  /** Ends it for good: no event comes any more, all loops end. A second call does nothing. */
  close() {
    if (!this.closed) {
      this.#source.close();
      this.#closed.abort();
    }
  }

  /**
   * @param {string} service
   * @param {EventHandler} handler
   * @param {AbortSignal | undefined} signal
   * @param {From | undefined} from
   */
  #follow(service, handler, signal, from) {
    checkService(service);
    if (this.closed || signal?.aborted) {
      return () => {};
    }
    const start = from ?? this.#resume[service] ?? 'latest';
    const { first, remove } = this.#subscriptions.add(service, handler, start);
    const unsubscribe = () => {
      signal?.removeEventListener('abort', unsubscribe);
      if (remove() && !this.closed) {
        this.#source.unsubscribe();
      }
    };
    signal?.addEventListener('abort', unsubscribe);
    if (first) {
      delete this.#resume[service];
      this.#source.subscribe(service);
    }
    return unsubscribe;
  }

  /** @param {ServerFrame} frame */
  #onFrame(frame) {
    if (this.closed) {
      return;
    }
    this.#metrics.frame(frame);
    switch (frame.type) {
      case 'event':
        this.#onEvents(frame);
        break;
      case 'subscribed':
      case 'gap': {
        const gap = this.#subscriptions.take(frame)?.gap;
        if (frame.type === 'subscribed') {
          this.emit('subscribed', frame);
        }
        if (gap !== undefined) {
          this.#gap(gap);
        }
        break;
      }
      case 'error':
        this.#fail(new SluiceError(frame.code, frame.message, { fatal: frame.fatal }));
        break;
      case 'welcome':
      case 'warning':
      case 'goaway':
      case 'flags':
      case 'heartbeat':
        this.dispatchEvent(new CustomEvent(frame.type, { detail: frame }));
        break;
    }
  }

  /** @param {import('./frames.js').EventFrame} frame */
  #onEvents(frame) {
    const outcome = this.#subscriptions.take(frame);
    if (outcome === undefined) {
      return;
    }
    const { service, epoch, timestamp, replay = false } = frame;
    this.#metrics.events(frame, outcome.fresh.length, outcome.duplicates);
    if (outcome.gap !== undefined) {
      this.#gap(outcome.gap);
    }
    for (const { event, seq } of outcome.fresh) {
      const context = { service, epoch, seq, timestamp, replay };
      for (const handler of this.#subscriptions.handlers(service)) {
        if (this.closed) {
          return;
        }
        try {
          handler(event, context);
        } catch (error) {
          this.#handlerFailed(error, service);
        }
      }
      this.emit('event', { ...context, event });
    }
  }

  /** @param {Gap} gap */
  #gap(gap) {
    this.#metrics.gap();
    this.emit('gap', gap);
  }

  /** @param {StateChange} change */
  #onState(change) {
    this.#started = true;
    if (this.#marks) {
      const name = `sluice:${change.new}`;
      // The last one only: a performance timeline is never emptied by itself.
      performance.clearMarks(name);
      performance.mark(name, { detail: change });
    }
    this.emit('statechange', change);
  }

  /** @param {import('./rollout.js').TransportName} transport */
  #onTransport(transport) {
    if (this.#transport !== undefined && this.#transport !== transport) {
      this.#subscriptions.crossed();
    }
    if (this.#transport !== transport) {
      this.#transport = transport;
      this.emit('transport', transport);
    }
  }

  /**
   * @param {unknown} error
   * @param {string} [service]
   */
  #handlerFailed(error, service) {
    this.#fail(new SluiceError('handler_failed', 'a handler of the application threw', { cause: error, service }));
  }

  /**
   * @param {unknown} error
   * @param {string} type
   */
  #listenerFailed(error, type) {
    if (type === 'error') {
      // Telling it the same way would go round in circles.
      console.error(error);
    } else {
      this.#handlerFailed(error);
    }
  }

  /** @param {Error} error */
  #fail(error) {
    this.emit('error', error);
    if (error instanceof SluiceError && error.code === 'handler_failed' && !this.isHeard('error')) {
      console.error(error);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
import { EventRate } from './event-rate.js';
import { LatencyWindow } from './latency.js';
import { ServerClock } from './server-clock.js';

/**
 * How the client is doing.
 *
 * @typedef {object} Metrics
 * @property {import('./state.js').State} connectionState
 * @property {number} avgLatencyMs  from the log's acceptance of an event to its arrival here, by the server's clock; over the
 *   last 512 live frames
 * @property {number} p95LatencyMs  of the same
 * @property {number} eventsReceived  told to handlers
 * @property {number} duplicatesDetected  and not told
 * @property {number} totalDisconnects  connections that ended, for whatever reason
 * @property {number} reconnectAttempts
 * @property {number} connectionUptimeSeconds  of the connection of now; 0 while there is none
 * @property {number} eventRate  events a second, over the last ten
 * @property {number} gaps
 * @property {import('./rollout.js').TransportName | null} transport  null while not connected
 * @property {boolean} leader  whether the connection is this tab's own
 */

/** Counts what comes, and measures how long it took. */
export class ClientMetrics {
  #clock;
  #latency = new LatencyWindow();
  #rate;
  #events = 0;
  #duplicates = 0;
  #gaps = 0;

  /** @param {Pick<import('./environment.js').Environment, 'now' | 'wallTime'>} env */
  constructor({ now, wallTime }) {
    this.#clock = new ServerClock(wallTime);
    this.#rate = new EventRate(now);
  }

  /** Learns the time from any frame that tells it. @param {import('./frames.js').ServerFrame} frame */
  frame(frame) {
    if (frame.type === 'welcome') {
      this.#clock.reset();
    }
    if (frame.type === 'welcome' || frame.type === 'heartbeat') {
      this.#clock.sample(frame.serverTime);
    } else if (frame.type === 'pong' && typeof frame.t === 'number') {
      this.#clock.pong(frame.t);
    }
  }

  /**
   * @param {import('./frames.js').EventFrame} frame
   * @param {number} fresh how many of its events are new
   * @param {number} duplicates how many are not
   */
  events({ timestamp, replay }, fresh, duplicates) {
    this.#events += fresh;
    this.#duplicates += duplicates;
    this.#rate.add(fresh);
    if (replay !== true && fresh > 0) {
      this.#clock.sample(timestamp);
      this.#latency.add(this.#clock.since(timestamp));
    }
  }

  gap() {
    this.#gaps++;
  }

  /** The server's time less this machine's, in milliseconds; 0 before the first frame. */
  get clockOffsetMs() {
    return this.#clock.offsetMs;
  }

  /**
   * @param {import('./source.js').SourceStatus} status
   * @returns {Metrics}
   */
  snapshot({ state, transport, connectedForMs, disconnects, attempts, leader }) {
    const { averageMs, p95Ms } = this.#latency.summary();
    return {
      connectionState: state,
      avgLatencyMs: averageMs,
      p95LatencyMs: p95Ms,
      eventsReceived: this.#events,
      duplicatesDetected: this.#duplicates,
      totalDisconnects: disconnects,
      reconnectAttempts: attempts,
      connectionUptimeSeconds: Math.floor(connectedForMs / 1000),
      eventRate: this.#rate.perSecond,
      gaps: this.#gaps,
      transport,
      leader,
    };
  }
}

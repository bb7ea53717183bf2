// SPDX-License-Identifier: Apache-2.0
import { sampleEvent } from './samples.js';

const STEADY_INTERVAL_MS = 500;
/** A slow server must not be given ever more to do. */
const MAX_IN_FLIGHT = 200;
const UNAUTHORIZED = 401;

/** Events were not published; the message says why, in the server's own words if it has said anything. */
export class PublishFailed extends Error {}

/**
 * Publishes sample events over HTTP, the way a business application would: it knows nothing of the client and its line, and
 * goes on when that is broken.
 */
export class Publisher {
  #session;
  #service;
  #onAccepted;
  #onFailed;
  #inFlight = 0;
  #steadyTimer = 0;

  /**
   * @param {{
   *   session: import('./session.js').Session,
   *   service: () => string,
   *   onAccepted: (count: number, ms: number) => void,
   *   onFailed: (error: unknown) => void,
   * }} options `service`: of which service the next event is; `onAccepted`: that many were replicated and acknowledged, in
   *   that many milliseconds
   */
  constructor({ session, service, onAccepted, onFailed }) {
    this.#session = session;
    this.#service = service;
    this.#onAccepted = onAccepted;
    this.#onFailed = onFailed;
  }

  /**
   * Publishes sample events as one batch; reports to the callbacks.
   *
   * @param {number} count
   * @returns {Promise<number>} how many were acknowledged; 0 at once when too many are still under way
   */
  async publish(count) {
    if (this.#inFlight + count > MAX_IN_FLIGHT) {
      return 0;
    }
    this.#inFlight += count;
    const start = performance.now();
    try {
      await this.#post(count);
      this.#onAccepted(count, performance.now() - start);
      return count;
    } catch (error) {
      this.#onFailed(error);
      return 0;
    } finally {
      this.#inFlight -= count;
    }
  }

  /**
   * Starts or stops publishing two events a second.
   *
   * @param {boolean} on
   */
  steady(on) {
    clearInterval(this.#steadyTimer);
    if (on) {
      this.#steadyTimer = setInterval(() => this.publish(1), STEADY_INTERVAL_MS);
    }
  }

  /** @param {number} count */
  async #post(count) {
    const grant = await this.#session.grant();
    const time = new Date().toISOString();
    const body = JSON.stringify(
      Array.from({ length: count }, () => sampleEvent(this.#service(), { org: grant.org, id: uniqueId(), time })),
    );
    let response = await send(grant, body);
    if (response.status === UNAUTHORIZED) {
      // The same events again: had the first request got through, the log would know them by their ids.
      response = await send(await this.#session.renewed(), body);
    }
    if (!response.ok) {
      throw new PublishFailed(await problemOf(response));
    }
  }
}

/** `crypto.randomUUID` is for secure contexts only, and this page may be on http in a local network. */
function uniqueId() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('');
}

/**
 * @param {import('./session.js').Grant} grant
 * @param {string} body
 */
function send({ token }, body) {
  return fetch(new URL('v2/realtime/events', document.baseURI), {
    method: 'POST',
    headers: { 'Content-Type': 'application/cloudevents-batch+json', Authorization: `Bearer ${token}` },
    body,
  }).catch(() => {
    throw new PublishFailed('the server cannot be reached');
  });
}

/**
 * What an RFC 9457 problem says.
 *
 * @param {Response} response
 * @returns {Promise<string>}
 */
async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  return `${problem.detail ?? problem.title ?? 'refused'} (${response.status})`;
}

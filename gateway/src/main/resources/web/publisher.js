// SPDX-License-Identifier: Apache-2.0
import { randomRevenue } from './revenue.js';

const STEADY_INTERVAL_MS = 500;
/** A slow server must not be given ever more to do. */
const MAX_IN_FLIGHT = 40;
const UNAUTHORIZED = 401;

/** A revenue was not published; the message says why, in the finance service's own words if it has said anything. */
export class PublishFailed extends Error {}

/** Publishes revenues over HTTP, the way a business application would: it knows nothing of the WebSocket. */
export class Publisher {
  #session;
  #onAccepted;
  #onFailed;
  #inFlight = 0;
  #steadyTimer = 0;

  /**
   * @param {{
   *   session: import('./session.js').Session,
   *   onAccepted: (count: number, ms: number) => void,
   *   onFailed: (error: unknown) => void,
   * }} options `onAccepted`: that many were replicated and acknowledged, in that many milliseconds
   */
  constructor({ session, onAccepted, onFailed }) {
    this.#session = session;
    this.#onAccepted = onAccepted;
    this.#onFailed = onFailed;
  }

  /**
   * Publishes random revenues, all at once; reports to the callbacks.
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
    const outcomes = await Promise.allSettled(Array.from({ length: count }, () => this.#post()));
    this.#inFlight -= count;
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    const accepted = outcomes.filter((outcome) => outcome.status === 'fulfilled').length;
    if (accepted > 0) {
      this.#onAccepted(accepted, performance.now() - start);
    }
    if (failure !== undefined) {
      this.#onFailed(failure.reason);
    }
    return accepted;
  }

  /**
   * Starts or stops publishing two revenues a second.
   *
   * @param {boolean} on
   */
  steady(on) {
    clearInterval(this.#steadyTimer);
    if (on) {
      this.#steadyTimer = setInterval(() => this.publish(1), STEADY_INTERVAL_MS);
    }
  }

  async #post() {
    const body = JSON.stringify(randomRevenue());
    let response = await send(await this.#session.grant(), body);
    if (response.status === UNAUTHORIZED) {
      response = await send(await this.#session.renewed(), body);
    }
    if (!response.ok) {
      throw new PublishFailed(await problemOf(response));
    }
  }
}

/**
 * @param {import('./session.js').Grant} grant
 * @param {string} body
 */
function send({ token }, body) {
  return fetch(new URL('finance/revenue', document.baseURI), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
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

// SPDX-License-Identifier: Apache-2.0

/** What the gateway refused, in its own words. */
export class Refusal extends Error {
  /**
   * @param {number} status of HTTP; 0 when there was no answer
   * @param {string} detail
   */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

const TIMEOUT_MS = 15_000;

/** The operator's side of the gateway that served the page. The token goes into a header, never into an address. */
export class Api {
  #token;

  /** @param {string} token */
  constructor(token) {
    this.#token = token;
  }

  /**
   * @param {string} path below `v2/realtime/`
   * @param {string} [method]
   * @param {object} [body]
   * @returns {Promise<any>} fails with {@link Refusal}
   */
  async ask(path, method = 'GET', body = undefined) {
    /** @type {Response} */
    let response;
    try {
      response = await fetch(`v2/realtime/${path}`, {
        method,
        headers: { authorization: `Bearer ${this.#token}`, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        cache: 'no-store',
      });
    } catch {
      throw new Refusal(0, 'the node does not answer');
    }
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) {
      throw new Refusal(response.status, answer.detail ?? `the node answered ${response.status}`);
    }
    return answer;
  }
}

// SPDX-License-Identifier: Apache-2.0

/** There is no token, and only the visitor can give one. */
export class TokenNeeded extends Error {}

/** @typedef {{token: string, org: string | undefined, services: string[]}} Grant */

const DEFAULT_SERVICES = ['finance'];

/**
 * The visitor's token. A demo process hands one out at `demo/session`; any other gateway does not have that address, and
 * the visitor pastes a token. Kept in memory only.
 */
export class Session {
  /** @type {Grant | null} */
  #grant = null;
  /** @type {Promise<Grant> | null} */
  #fetching = null;

  /**
   * The token in use, fetched when there is none.
   *
   * @returns {Promise<Grant>} rejects with {@link TokenNeeded}, or with another error when the server cannot be reached
   */
  async grant() {
    return this.#grant ?? this.renewed();
  }

  /**
   * A newer token than the one in use, which stays when there is none to be had. Those who ask at the same time get the
   * same one.
   *
   * @returns {Promise<Grant>} rejects as {@link grant} does
   */
  renewed() {
    this.#fetching ??= fetchGrant()
      .then((grant) => (this.#grant = grant))
      .finally(() => (this.#fetching = null));
    return this.#fetching;
  }

  /** Forgets the token: it has expired or was refused. */
  forget() {
    this.#grant = null;
  }

  /**
   * Uses a token that the visitor pasted.
   *
   * @param {string} token
   */
  use(token) {
    const claims = claimsOf(token);
    const services = Array.isArray(claims.services) ? claims.services.map(String) : DEFAULT_SERVICES;
    this.#grant = { token, org: claims.org, services };
  }
}

/** @returns {Promise<Grant>} */
async function fetchGrant() {
  const response = await fetch(new URL('demo/session', document.baseURI), { cache: 'no-store' });
  if (response.status === 404) {
    throw new TokenNeeded('this gateway hands out no demo token');
  }
  if (!response.ok) {
    throw new Error(`the demo session was refused with status ${response.status}`);
  }
  const { token, org, services } = await response.json();
  return { token, org, services };
}

/**
 * Reads what a token says without verifying it, which is the server's business.
 *
 * @param {string} token
 * @returns {{org?: string, services?: unknown}} empty when it is not a JWT; the server will say so
 */
function claimsOf(token) {
  try {
    const payload = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) ?? {};
  } catch {
    return {};
  }
}

// SPDX-License-Identifier: Apache-2.0

/** What the page follows when neither the demo nor the token says. */
export const DEFAULT_SERVICES = ['finance', 'staff', 'documents'];

/** There is no token, and only the visitor can give one. */
export class TokenNeeded extends Error {}

/** @typedef {{token: string, org: string | undefined, services: string[]}} Grant */

/**
 * The visitor's token. A demo process hands one out at `demo/session`; any other gateway has nothing to say there (204), and
 * the visitor pastes a token. Kept in memory only.
 */
export class Session {
  /** @type {Grant | undefined} */
  #grant;
  #pasted = false;

  /**
   * The token in use, fetched when there is none.
   *
   * @returns {Promise<Grant>} rejects with {@link TokenNeeded}, or with another error when the server cannot be reached
   */
  async grant() {
    return this.#grant ?? this.renewed();
  }

  /**
   * A newer token than the one in use. One that the visitor pasted cannot be renewed.
   *
   * @returns {Promise<Grant>} rejects as {@link grant} does
   */
  async renewed() {
    const fetched = this.#pasted ? undefined : await fetchGrant();
    if (fetched === undefined) {
      throw new TokenNeeded('a token is needed');
    }
    this.#grant = fetched;
    return fetched;
  }

  /**
   * Uses a token that the visitor pasted.
   *
   * @param {string} token
   */
  use(token) {
    const claims = claimsOf(token);
    const services = Array.isArray(claims.services) ? claims.services.map(String) : DEFAULT_SERVICES;
    this.#pasted = true;
    this.#grant = { token, org: claims.org, services };
  }
}

/** @returns {Promise<Grant | undefined>} undefined where no tokens are handed out */
async function fetchGrant() {
  const response = await fetch(new URL('demo/session', document.baseURI), { cache: 'no-store' });
  if (!response.ok) {
    throw new Error(`the demo session was refused with status ${response.status}`);
  }
  if (response.status === 204) {
    return undefined;
  }
  const { token, org, services = DEFAULT_SERVICES } = await response.json();
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
    const payload = String(token.split('.')[1]).replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) ?? {};
  } catch {
    return {};
  }
}

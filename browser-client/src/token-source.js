// SPDX-License-Identifier: Apache-2.0
import { SluiceError, TokenUnavailable } from './errors.js';
import { Timer } from './environment.js';

/** `getToken` has so long. Milliseconds. */
export const TOKEN_TIMEOUT_MS = 30_000;

/**
 * Where tokens come from: asked whenever one is needed; no token means that only a person can give one.
 *
 * @typedef {() => string | null | undefined | Promise<string | null | undefined>} GetToken
 */

/**
 * The token in use. Those who ask for a newer one at the same time share one call of `getToken`. Kept in memory only.
 */
export class TokenSource {
  #env;
  #getToken;
  /** @type {string | undefined} */
  #token;
  /** @type {Promise<string> | undefined} */
  #asking;
  /** Counts the tokens that the application set itself, so that an answer asked for before does not replace one. */
  #given = 0;

  /**
   * @param {import('./environment.js').Environment} env
   * @param {GetToken | undefined} getToken
   * @param {string | undefined} token
   */
  constructor(env, getToken, token) {
    this.#env = env;
    this.#getToken = getToken;
    this.#token = token;
  }

  /** Whether a newer token can be asked for. */
  get canRenew() {
    return this.#getToken !== undefined;
  }

  /** @param {string} token from now on */
  use(token) {
    this.#given++;
    this.#asking = undefined;
    this.#token = token;
  }

  /**
   * A token has ended or was refused: the next one who asks gets another, unless there is another already.
   *
   * @param {string | undefined} token the one that was used
   */
  forget(token) {
    if (this.#token === token) {
      this.#token = undefined;
    }
  }

  /**
   * The token in use, asked for when there is none.
   *
   * @returns {Promise<string>} rejects with {@link TokenUnavailable}, or with a {@link SluiceError} when it is worth trying again
   */
  current() {
    return this.#token === undefined ? this.renewed() : Promise.resolve(this.#token);
  }

  /**
   * A newer token than the one in use, which stays when there is none to be had.
   *
   * @returns {Promise<string>} rejects as {@link current} does
   */
  renewed() {
    if (this.#asking === undefined) {
      const given = this.#given;
      /** @type {Promise<string>} */
      const asking = this.#ask()
        .then((token) => {
          if (given !== this.#given) {
            return this.#token ?? token;
          }
          this.#token = token;
          return token;
        })
        .finally(() => {
          if (this.#asking === asking) {
            this.#asking = undefined;
          }
        });
      this.#asking = asking;
    }
    return this.#asking;
  }

  /** @returns {Promise<string>} */
  async #ask() {
    if (this.#getToken === undefined) {
      throw new TokenUnavailable();
    }
    const timer = new Timer(this.#env);
    /** @type {Promise<never>} */
    const late = new Promise((_, reject) => {
      timer.start(TOKEN_TIMEOUT_MS, () => reject(new SluiceError('token_failed', 'getToken took too long')));
    });
    try {
      const token = await Promise.race([this.#getToken(), late]);
      if (typeof token !== 'string' || token === '') {
        throw new TokenUnavailable('getToken gave no token');
      }
      return token;
    } catch (error) {
      if (error instanceof TokenUnavailable || error instanceof SluiceError) {
        throw error;
      }
      throw new SluiceError('token_failed', 'getToken failed', { cause: error });
    } finally {
      timer.stop();
    }
  }
}

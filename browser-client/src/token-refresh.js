// SPDX-License-Identifier: Apache-2.0
import { backoffDelay } from './backoff.js';
import { Timer } from './environment.js';
import { TokenUnavailable } from './errors.js';

/** A token is renewed so long before its end, or at half of its time when that is shorter. Milliseconds. */
export const LEAD_MS = 60_000;

/** What `setTimeout` can wait at the most; longer waits would end at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Gets a newer token before the one in use ends, and hands it on; the session goes on uninterrupted. When there is none to
 * be had it tries again by the table of delays, until the server closes the session for it.
 */
export class TokenRefresh {
  #env;
  #tokens;
  #onToken;
  #onError;
  #timer;
  #failed = 0;

  /**
   * @param {import('./environment.js').Environment} env
   * @param {import('./token-source.js').TokenSource} tokens
   * @param {(token: string) => void} onToken
   * @param {(error: unknown) => void} onError
   */
  constructor(env, tokens, onToken, onError) {
    this.#env = env;
    this.#tokens = tokens;
    this.#onToken = onToken;
    this.#onError = onError;
    this.#timer = new Timer(env);
  }

  /** @param {number} leftMs how long the token in use is still good */
  schedule(leftMs) {
    this.#failed = 0;
    if (this.#tokens.canRenew && Number.isFinite(leftMs)) {
      // Spread over a tenth: those who got their tokens together do not all come together.
      const lead = Math.min(LEAD_MS, leftMs / 2) * (1 + 0.1 * this.#env.random());
      this.#timer.start(Math.min(LONGEST_TIMER_MS, Math.max(0, leftMs - lead)), () => void this.#renew());
    }
  }

  /** The token ends soon, says the server. */
  now() {
    if (this.#tokens.canRenew) {
      this.#timer.stop();
      void this.#renew();
    }
  }

  stop() {
    this.#timer.stop();
    this.#failed = 0;
  }

  async #renew() {
    try {
      this.#onToken(await this.#tokens.renewed());
    } catch (error) {
      this.#onError(error);
      if (!(error instanceof TokenUnavailable)) {
        this.#timer.start(backoffDelay(this.#failed++, this.#env.random), () => void this.#renew());
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
import { Timer } from './environment.js';
import { identityOf } from './identity.js';
import { allowedTransports, DEFAULT_FLAGS, readFlags, rolloutBucket } from './rollout.js';

/** The flags are waited for so long; then it goes on with what is known. Milliseconds. */
export const CONFIG_TIMEOUT_MS = 3_000;

/** While the flags keep this user off the best transport they are asked for this often: not every poll tells them. */
export const ASK_MS = 30_000;

/** A change of flags moves everybody; they go within this time. Milliseconds. */
export const SPREAD_MS = 1_000;

/**
 * Which transports this user may be on: the flags of the deployment, asked for at the start and told by frames later, and
 * where the user stands in the rollout. A server that cannot be asked changes nothing.
 */
export class RolloutGate {
  #env;
  #url;
  #user;
  #anonymous;
  #onChange;
  #timer;
  #flags = DEFAULT_FLAGS;
  /** @type {Promise<void> | undefined} */
  #first;

  /**
   * @param {import('./environment.js').Environment} env
   * @param {URL} url of the gateway
   * @param {string | undefined} user when the application knows; else the token says, else it is drawn once
   * @param {() => void} onChange other transports may be allowed now; called some time after, so that not all move at once
   */
  constructor(env, url, user, onChange) {
    this.#env = env;
    this.#url = new URL('v2/realtime/config', url);
    this.#user = user;
    this.#anonymous = String(env.random());
    this.#onChange = onChange;
    this.#timer = new Timer(env);
  }

  get flags() {
    return this.#flags;
  }

  /**
   * The transports to choose from, best first.
   *
   * @param {string} token
   */
  allowed(token) {
    const user = this.#user ?? identityOf(token).user ?? this.#anonymous;
    return allowedTransports(this.#flags, rolloutBucket(user));
  }

  /** Settles when the flags have been asked for once, successfully or not. Does not reject. */
  ready() {
    this.#first ??= this.#ask();
    return this.#first;
  }

  /** There is a connection. @param {string} token */
  watch(token) {
    if (this.allowed(token)[0] === 'poll') {
      this.#timer.start(ASK_MS * (0.8 + 0.4 * this.#env.random()), async () => {
        const before = this.allowed(token).join();
        await this.#ask();
        if (this.allowed(token).join() === before) {
          this.watch(token);
        } else {
          this.#changed();
        }
      });
    }
  }

  /** @param {unknown} given by a frame */
  take(given) {
    const before = JSON.stringify(this.#flags);
    this.#flags = readFlags(given, this.#flags);
    if (JSON.stringify(this.#flags) !== before) {
      this.#changed();
    }
  }

  /** There is no connection. */
  stop() {
    this.#timer.stop();
  }

  #changed() {
    this.#timer.start(SPREAD_MS * this.#env.random(), this.#onChange);
  }

  async #ask() {
    if (this.#env.fetch === undefined) {
      return;
    }
    const late = new AbortController();
    const timer = this.#env.setTimeout(() => late.abort(), CONFIG_TIMEOUT_MS);
    try {
      const response = await this.#env.fetch(this.#url, { cache: 'no-store', signal: late.signal });
      if (response.ok) {
        this.#flags = readFlags(await response.json(), this.#flags);
      }
    } catch {
      // What cannot be reached now says nothing; the connection will.
    } finally {
      this.#env.clearTimeout(timer);
    }
  }
}

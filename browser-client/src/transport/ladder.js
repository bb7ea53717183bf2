// SPDX-License-Identifier: Apache-2.0
import { BROKEN } from '../close-codes.js';
import { STABLE_MS } from '../reconnect-policy.js';
import { TRANSPORTS } from '../rollout.js';

/** So much counts against a transport before the next one is tried: two refusals, or three connections cut short. */
const LIMIT = 6;
const REFUSED = 3;
const CUT = 2;

/** The better transport is tried again after so long, twice as long after each time in vain. Milliseconds. */
export const UPGRADE_MS = 60_000;
export const MAX_UPGRADE_MS = 600_000;

/**
 * Which transport to try. A proxy that blocks WebSockets looks much like a server that is down, so it takes two refusals to
 * step down. A lower one that does not get through is not waited for: the next one has its turn, and after the last the best
 * one again, for it may have been the server.
 */
export class TransportLadder {
  /** @type {readonly import('../rollout.js').TransportName[]} */
  #allowed = TRANSPORTS;
  #rung = 0;
  #strikes = 0;
  #upgradesInVain = 0;

  /** The transport to use now. */
  get current() {
    return /** @type {import('../rollout.js').TransportName} */ (this.#allowed[this.#rung]);
  }

  /** A better one that is worth another try some time; undefined when the current one is the best. */
  get better() {
    return this.#rung === 0 ? undefined : this.#allowed[0];
  }

  /**
   * @param {readonly import('../rollout.js').TransportName[]} allowed best first, not empty
   */
  allow(allowed) {
    if (allowed.join() !== this.#allowed.join()) {
      this.#allowed = allowed;
      this.#to(0);
      this.#upgradesInVain = 0;
    }
  }

  /**
   * A connection or an attempt has ended.
   *
   * @param {import('./link.js').LinkEnding} ending
   * @param {number} livedMs 0 when it did not come to a connection
   * @param {boolean} online what fails where there is no network says nothing of the transport
   */
  ended({ code, unavailable = false }, livedMs, online) {
    if (livedMs >= STABLE_MS) {
      this.#strikes = 0;
    } else if (!online) {
      return;
    } else if (livedMs > 0 && code === BROKEN) {
      this.#strike(CUT);
    } else if (this.#rung > 0 && (unavailable || code === BROKEN)) {
      this.#to((this.#rung + 1) % this.#allowed.length);
    } else if (unavailable) {
      this.#strike(REFUSED);
    }
  }

  /** The better transport got through. */
  upgraded() {
    this.#to(0);
    this.#upgradesInVain = 0;
  }

  /** The better transport did not get through. */
  upgradeFailed() {
    this.#upgradesInVain++;
  }

  /**
   * How long until the better transport is worth a try.
   *
   * @param {() => number} random
   * @returns {number} milliseconds
   */
  upgradeDelay(random) {
    return Math.min(MAX_UPGRADE_MS, UPGRADE_MS * 2 ** this.#upgradesInVain) * (0.8 + 0.4 * random());
  }

  /** @param {number} weight */
  #strike(weight) {
    this.#strikes += weight;
    if (this.#strikes >= LIMIT) {
      this.#to((this.#rung + 1) % this.#allowed.length);
    }
  }

  /** @param {number} rung */
  #to(rung) {
    this.#rung = rung;
    this.#strikes = 0;
  }
}

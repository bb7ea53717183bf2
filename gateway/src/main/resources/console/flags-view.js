// SPDX-License-Identifier: Apache-2.0
import { confirmed, get, setText } from './dom.js';

/** @typedef {{realtime: boolean, rolloutPercent: number, transports: string[]}} Flags */

const TRANSPORTS = ['websocket', 'sse', 'poll'];

/** The form with the feature flags. */
export class FlagsView {
  /** @param {(flags: Flags) => Promise<Flags>} set */
  constructor(set) {
    get('flags-form', HTMLFormElement).addEventListener('submit', async (event) => {
      event.preventDefault();
      const text = 'They change for the whole cluster, and every open session is told.';
      if (await confirmed('Set the flags?', text, 'Set flags')) {
        try {
          this.show(await set(this.#entered()));
          setText('flags-note', 'Set for the cluster.');
        } catch (refusal) {
          setText('flags-note', String(/** @type {Error} */ (refusal).message));
        }
      }
    });
  }

  /** @param {Flags} flags */
  show({ realtime, rolloutPercent, transports }) {
    get('flag-realtime', HTMLInputElement).checked = realtime;
    get('flag-rollout', HTMLInputElement).value = String(rolloutPercent);
    for (const name of TRANSPORTS) {
      get(`flag-${name}`, HTMLInputElement).checked = transports.includes(name);
    }
  }

  /** @returns {Flags} */
  #entered() {
    return {
      realtime: get('flag-realtime', HTMLInputElement).checked,
      rolloutPercent: get('flag-rollout', HTMLInputElement).valueAsNumber,
      transports: TRANSPORTS.filter((name) => get(`flag-${name}`, HTMLInputElement).checked),
    };
  }
}

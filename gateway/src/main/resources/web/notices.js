// SPDX-License-Identifier: Apache-2.0
import { byId, setText } from './dom.js';

/**
 * Tells those who do not see the page what has changed; events themselves are too many to be read out.
 *
 * @param {string} text
 */
export function announce(text) {
  // Written even if it is the same text again: it has happened again.
  byId('announcer').textContent = text;
}

/**
 * Shows something that must not be missed until the visitor dismisses it.
 *
 * @param {string} text
 */
export function notice(text) {
  setText('notice-text', text);
  byId('notice').hidden = false;
}

/** Takes the notice away. */
export function dismissNotice() {
  byId('notice').hidden = true;
}

// SPDX-License-Identifier: Apache-2.0
import { byId, setText } from './dom.js';
import { duration, plural } from './format.js';

/**
 * @typedef {import('../client/index.js').State} State
 * @typedef {import('./outage.js').Outage} Outage
 * @typedef {import('./breakage.js').Breakage} Breakage
 *
 * `reason`: of the last change of state; `leader`: whether the connection is this tab's own.
 * @typedef {{state: State, reason: string, leader: boolean, tokenNeeded: boolean, outage: Outage | null,
 *   breakage: Breakage}} Situation
 */

/** Live or not, what the visitor can do about it, and how the last recovery went. */
export class ConnectionView {
  #pill = byId('pill');
  #bar = byId('countdown-bar');
  #dropButton = byId('drop');

  /** @param {Situation} now */
  render(now) {
    const { line } = now.breakage;
    const live = now.state === 'connected';
    const { name, text } = pill(now);
    this.#pill.dataset.state = name;
    setText('pill-text', text);
    setText('drop-label', live ? 'Drop the line' : 'Reconnect now');
    this.#dropButton.dataset.action = live ? 'drop' : 'reconnect';
    setText('offline-label', line.state === 'offline' ? 'Go online' : 'Go offline');
    setText('reading-label', line.reading ? 'Stop reading' : 'Read on');
    setText('drop-text', situationText(now));
    setText('drop-note', note(now));
    this.#bar.style.setProperty('--progress', String(now.breakage.progress));
    // The line that breaks must be one's own.
    for (const id of ['drop', 'offline', 'reading']) {
      /** @type {HTMLButtonElement} */ (byId(id)).disabled =
        !now.leader || (id === 'reading' && !live) || (id === 'offline' && now.state === 'stopped');
    }
  }
}

/** @param {Situation} now */
function pill({ state, tokenNeeded, breakage: { line } }) {
  switch (state) {
    case 'connecting':
      return { name: 'waiting', text: 'Connecting' };
    case 'connected':
      return line.reading ? { name: 'live', text: 'Live' } : { name: 'waiting', text: 'Not reading' };
    case 'reconnecting':
      return { name: 'waiting', text: line.state === 'offline' ? 'Offline' : 'Reconnecting' };
    default:
      return { name: 'stopped', text: tokenNeeded ? 'Token needed' : 'Stopped' };
  }
}

/** @param {Situation} now */
function situationText({ state, reason, leader, tokenNeeded, outage, breakage }) {
  const { line } = breakage;
  if (!leader) {
    return 'Another tab of this browser holds the connection. Break it there.';
  }
  if (state === 'stopped') {
    return tokenNeeded ? 'A token is needed. Paste one above.' : `${sentence(reason)}. It does not come back by itself.`;
  }
  if (line.state === 'offline') {
    return 'This page is off the network, and its client knows.';
  }
  if (line.state === 'down') {
    return `The line is down. Back in ${seconds(breakage.leftMs)}.`;
  }
  if (!line.reading) {
    return `What arrives is left unread. Reading on in ${seconds(breakage.leftMs)}.`;
  }
  if (state === 'connected') {
    return outage === null ? 'The connection is open. Break it, as a tunnel or a lift would.' : recoveryText(outage);
  }
  return state === 'connecting' ? 'Connecting …' : `${sentence(reason)}. The client comes back by itself.`;
}

/** @param {Outage} outage */
function recoveryText(outage) {
  if (outage.phase === 'unrecovered') {
    return `Back after ${duration(outage.awayMs)}, but what was missed is no longer held.`;
  }
  if (outage.phase !== 'resumed') {
    return 'Connected again.';
  }
  return `Back after ${duration(outage.awayMs)}: ${outage.missed} missed, ${outage.replayedSoFar} replayed.`;
}

/** @param {Situation} now */
function note({ state, outage }) {
  if (state === 'reconnecting' && outage !== null && outage.publishedMeanwhile > 0) {
    return `${plural(outage.publishedMeanwhile, 'event')} published meanwhile, waiting in the log.`;
  }
  if (state === 'connected' && outage?.phase === 'resumed' && outage.waiting === 0) {
    return 'In order, none lost, none twice. Try again.';
  }
  return 'Publish while it is broken: the log keeps it for you.';
}

/** @param {number} ms */
function seconds(ms) {
  return `${Math.ceil(ms / 1_000)} s`;
}

/** @param {string} text */
function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

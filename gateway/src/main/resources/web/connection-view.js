// SPDX-License-Identifier: Apache-2.0
import { byId, setText } from './dom.js';
import { duration, plural } from './format.js';

/**
 * @typedef {import('./connection.js').State} State
 * @typedef {import('./outage.js').Outage} Outage
 */

/** Live or not, what the visitor can do about it, and how the last recovery went. */
export class ConnectionView {
  #pill = byId('pill');
  #bar = byId('countdown-bar');
  #dropButton = byId('drop');

  /**
   * @param {State} state
   * @param {Outage | null} outage
   */
  render(state, outage) {
    this.#pill.dataset.state = state.name;
    setText('pill-text', pillText(state));
    setText('drop-label', state.name === 'live' ? 'Drop the connection' : 'Reconnect now');
    this.#dropButton.dataset.action = state.name === 'live' ? 'drop' : 'reconnect';
    setText('drop-text', dropText(state, outage));
    setText('drop-note', dropNote(state, outage));
    this.#bar.style.setProperty('--progress', String(progress(state)));
  }
}

/** @param {State} state */
function secondsLeft(state) {
  return state.name === 'waiting' ? Math.max(0, Math.ceil((state.until - performance.now()) / 1_000)) : 0;
}

/** @param {State} state */
function progress(state) {
  if (state.name !== 'waiting' || state.until === state.from) {
    return 0;
  }
  return Math.min(1, (performance.now() - state.from) / (state.until - state.from));
}

/** @param {State} state */
function pillText(state) {
  switch (state.name) {
    case 'connecting':
      return 'Connecting';
    case 'live':
      return 'Live';
    case 'waiting':
      return state.dropped ? 'Disconnected' : 'Reconnecting';
    default:
      return state.tokenNeeded ? 'Token needed' : 'Stopped';
  }
}

/**
 * @param {State} state
 * @param {Outage | null} outage
 */
function dropText(state, outage) {
  switch (state.name) {
    case 'connecting':
      return 'Connecting …';
    case 'waiting':
      return `${sentence(state.reason)}. Back in ${secondsLeft(state)} s.`;
    case 'stopped':
      return `${sentence(state.reason)}. ${state.tokenNeeded ? 'Paste one above' : 'The page does not come back by itself'}.`;
    default:
      return outage === null ? 'The socket is open. Close it, as a tunnel or a lift would.' : recoveryText(outage);
  }
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

/**
 * @param {State} state
 * @param {Outage | null} outage
 */
function dropNote(state, outage) {
  if (state.name === 'waiting' && outage !== null && outage.publishedMeanwhile > 0) {
    return `${plural(outage.publishedMeanwhile, 'event')} published meanwhile, waiting in the log.`;
  }
  if (state.name === 'live' && outage?.phase === 'resumed' && outage.waiting === 0) {
    return 'In order, none lost, none twice. Try again.';
  }
  return 'Publishing goes on while you are away.';
}

/** @param {string} text */
function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

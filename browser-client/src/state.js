// SPDX-License-Identifier: Apache-2.0

/**
 * `connecting`: on the way for the first time; `connected`: events come; `reconnecting`: the connection is gone and comes
 * back by itself; `stopped`: it does not, until `restart()` or `setToken()`.
 *
 * @typedef {'connecting' | 'connected' | 'reconnecting' | 'stopped'} State
 *
 * `reason`: a word of docs/protocol.md or of the README's table.
 * @typedef {{old: State, new: State, reason: string}} StateChange
 */

/** @type {Record<State, State[]>} */
const NEXT = {
  connecting: ['connected', 'reconnecting', 'stopped'],
  connected: ['reconnecting', 'stopped'],
  reconnecting: ['connected', 'stopped'],
  stopped: ['connecting'],
};

/**
 * The state and the one way to change it.
 *
 *     stopped --start, restart, setToken--> connecting --lost--> reconnecting <--lost-- connected
 *                                               |                    |                      ^
 *                                               +------ welcome -----+----------------------+
 *     any state --stopped by the server or by close()--> stopped
 */
export class StateMachine {
  #onChange;
  /** @type {State} */
  #state = 'stopped';

  /** @param {(change: StateChange) => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  get state() {
    return this.#state;
  }

  /**
   * Goes to a state; being there already is no change.
   *
   * @param {State} next
   * @param {string} reason
   * @throws {Error} for a way that the picture above does not have: a mistake in this library
   */
  set(next, reason) {
    const old = this.#state;
    if (old === next) {
      return;
    }
    if (!NEXT[old].includes(next)) {
      throw new Error(`no way from ${old} to ${next} (${reason})`);
    }
    this.#state = next;
    this.#onChange({ old, new: next, reason });
  }
}

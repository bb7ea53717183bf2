// SPDX-License-Identifier: Apache-2.0
import { get, make, setText } from './dom.js';
import { moment } from './format.js';
import { line, outcome, summary, why } from './trace-text.js';

/** @typedef {import('./trace-text.js').Trace} Trace */
/** @typedef {import('./trace-text.js').TracedEvent} TracedEvent */

const FIELDS = ['org', 'service', 'id', 'position', 'source', 'user'];
const COLUMNS = ['User', 'Node', 'Fate', 'Why', 'Cursor', 'Session'];

/** The form that asks what became of an event, and the answer. */
export class TraceView {
  #name;
  #ask;
  #turn = 0;

  /**
   * @param {object} parts
   * @param {(id: string) => string} parts.name of a node
   * @param {(path: string) => Promise<Trace>} parts.ask
   */
  constructor({ name, ask }) {
    this.#name = name;
    this.#ask = ask;
    get('trace-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.#trace();
    });
  }

  /** Forgets what was asked and answered. */
  clear() {
    this.#turn++;
    get('trace-form', HTMLFormElement).reset();
    this.#show('');
  }

  async #trace() {
    const mine = ++this.#turn;
    const asked = new URLSearchParams();
    const user = get('trace-user', HTMLInputElement).value.trim();
    for (const field of FIELDS) {
      const value = get(`trace-${field}`, HTMLInputElement).value.trim();
      if (value !== '') {
        asked.set(field, value);
      }
    }
    this.#show('Looking …');
    try {
      const trace = await this.#ask(`admin/trace?${asked}`);
      if (mine === this.#turn) {
        this.#show(outcome(trace), ...trace.events.flatMap((event) => this.#event(event, user)));
      }
    } catch (refusal) {
      if (mine === this.#turn) {
        this.#show(/** @type {Error} */ (refusal).message);
      }
    }
  }

  /**
   * @param {string} note
   * @param {...Node} found
   */
  #show(note, ...found) {
    setText('trace-note', note);
    get('trace-result', HTMLElement).replaceChildren(...found);
  }

  /**
   * @param {TracedEvent} event
   * @param {string} user
   */
  #event(event, user) {
    const steps = line(event, this.#name).map(({ at, kind, detail }) =>
      make('li', { 'data-kind': kind }, make('time', {}, at === null ? '–' : moment(at)), make('b', {}, kind), make('span', {}, detail)));
    return [make('ol', { class: 'way' }, ...steps), make('p', { class: 'note' }, summary(event, user)), ...this.#sessions(event)];
  }

  /** @param {TracedEvent} event */
  #sessions({ sessions, position }) {
    if (sessions.length === 0) {
      return [];
    }
    const head = make('thead', {}, make('tr', {}, ...COLUMNS.map((column) => make('th', {}, column))));
    const body = sessions.map((session) =>
      make('tr', { 'data-fate': session.fate },
        make('td', {}, session.user ?? '–'),
        make('td', {}, this.#name(session.node)),
        make('td', { class: 'fate' }, session.fate.replaceAll('_', ' ')),
        make('td', { class: 'why' }, why(session, position)),
        make('td', { class: 'mono' }, session.cursor ?? '–'),
        make('td', { class: 'mono' }, session.session)));
    const table = make('table', {}, head, make('tbody', {}, ...body));
    return [make('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-labelledby': 'trace-title' }, table)];
  }
}

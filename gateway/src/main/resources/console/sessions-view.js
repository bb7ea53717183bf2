// SPDX-License-Identifier: Apache-2.0
import { confirmed, get, make, rows, setText } from './dom.js';
import { age, number } from './format.js';

/**
 * @typedef {{session: string, org: string | null, user: string | null, transport: string, connectedAt: number, lag: number,
 *   slowSamples: number, subscriptions: number, node: string}} Session
 * @typedef {{service: string, state: string, cursor: string | null, head: string | null, lag: number}} SessionStream
 * @typedef {{total: number, matched: number, slow: number, sessions: Session[], silent: string[]}} Page
 */

const CLASSES = ['', '', '', '', 'number', 'number lag', '', 'mono', 'actions'];
const TYPING_MS = 250;

/** The sessions of all nodes: searched there, shown here, the farthest behind first. */
export class SessionsView {
  #name;
  #disconnect;
  #openDetails;
  /** Whose details are shown. @type {string | undefined} */
  shown;

  /**
   * @param {object} parts
   * @param {(id: string) => string} parts.name of a node
   * @param {() => void} parts.search the search is another one
   * @param {(id: string) => Promise<void>} parts.disconnect
   * @param {() => Promise<void>} parts.details asks for those of `shown`
   */
  constructor({ name, search, disconnect, details }) {
    this.#name = name;
    this.#disconnect = disconnect;
    this.#openDetails = details;
    let typing = 0;
    get('search', HTMLInputElement).addEventListener('input', () => {
      clearTimeout(typing);
      typing = setTimeout(search, TYPING_MS);
    });
    get('slow', HTMLInputElement).addEventListener('change', search);
    get('search-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      search();
    });
    const dialog = get('details', HTMLDialogElement);
    get('details-close', HTMLButtonElement).addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => (this.shown = undefined));
  }

  /** Where the search is answered. */
  get path() {
    const text = encodeURIComponent(get('search', HTMLInputElement).value.trim());
    return `admin/sessions?q=${text}&slow=${get('slow', HTMLInputElement).checked}`;
  }

  /** @param {Page} page */
  show({ total, matched, slow, sessions, silent }) {
    const missing = silent.length === 0 ? '' : `; ${silent.map(this.#name).join(', ')} did not answer`;
    setText('sessions-note', `${number(sessions.length)} of ${number(matched)} that match, ${number(total)} in all, ${number(slow)} slow${missing}`);
    rows('sessions', sessions, ({ session }) => session, (session) => this.#row(session));
  }

  /** @param {Session} of */
  #row(of) {
    return {
      bad: of.slowSamples > 0,
      classes: CLASSES,
      cells: [
        of.user ?? '–',
        of.org ?? 'not let in yet',
        this.#name(of.node),
        of.transport,
        number(of.subscriptions),
        number(of.lag),
        age(of.connectedAt, Date.now()),
        of.session,
        this.#buttons(of),
      ],
    };
  }

  /** @param {Session} of */
  #buttons({ session, user, org }) {
    const show = make('button', { class: 'button', type: 'button', 'aria-label': `Streams of ${session}` }, 'Streams');
    show.addEventListener('click', async () => {
      this.shown = session;
      await this.#openDetails();
    });
    const end = make('button', { class: 'button is-danger', type: 'button', 'aria-label': `Disconnect ${session}` }, 'Disconnect');
    end.addEventListener('click', async () => {
      const text = `${user ?? 'Somebody'} of ${org ?? 'no org yet'} is closed with 4005. The client comes back by itself and resumes where it was.`;
      if (await confirmed('Disconnect this session?', text, 'Disconnect')) {
        await this.#disconnect(session);
      }
    });
    return make('span', {}, show, ' ', end);
  }

  /** @param {(Session & {streams: SessionStream[]}) | undefined} of undefined when it has ended */
  showDetails(of) {
    const facts = of === undefined
      ? [['State', 'ended']]
      : [['User', of.user ?? '–'], ['Org', of.org ?? '–'], ['Node', this.#name(of.node)], ['By', of.transport],
          ['Since', age(of.connectedAt, Date.now())], ['Lag', number(of.lag)], ['Slow samples', number(of.slowSamples)], ['Session', of.session]];
    get('details-facts', HTMLElement).replaceChildren(
      ...facts.map(([name, value]) => make('div', {}, make('dt', {}, String(name)), make('dd', {}, String(value)))));
    rows('details-streams', of?.streams ?? [], ({ service }) => service, (stream) => ({
      classes: ['', '', 'mono', 'mono', 'number lag'],
      cells: [stream.service, stream.state.replace('_', ' '), stream.cursor ?? '–', stream.head ?? '–', number(stream.lag)],
    }));
    const dialog = get('details', HTMLDialogElement);
    if (!dialog.open && this.shown !== undefined) {
      dialog.showModal();
    }
  }
}

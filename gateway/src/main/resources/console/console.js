// SPDX-License-Identifier: Apache-2.0
import { Api, Refusal } from './api.js';
import { Chart } from './charts.js';
import { ClusterView } from './cluster-view.js';
import { get, setText } from './dom.js';
import { FlagsView } from './flags-view.js';
import { bytes, number } from './format.js';
import { History } from './history.js';
import { SessionsView } from './sessions-view.js';
import { showStreams } from './streams-view.js';
import { TraceView } from './trace-view.js';

const EVERY_MS = 2_000;
const TOKEN = 'sluice.console.token';

/** @type {Api | undefined} */
let api;
let turn = 0;
const history = new History();
const throughput = new Chart('throughput', [
  { label: 'delivered', colour: '--live', value: ({ delivered }) => delivered },
  { label: 'published', colour: '--replay', value: ({ published }) => published },
]);
const latency = new Chart('latency', [
  { label: 'p99', colour: '--gap', value: ({ p99 }) => p99 },
  { label: 'p50', colour: '--live', value: ({ p50 }) => p50 },
]);
const cluster = new ClusterView((id) => act(`admin/nodes/${encodeURIComponent(id)}/drain`, 'POST'));
const sessions = new SessionsView({
  name: (id) => cluster.name(id),
  search: refresh,
  disconnect: (id) => act(`admin/sessions/${encodeURIComponent(id)}`, 'DELETE'),
  details: refresh,
});
const flags = new FlagsView((wanted) => signedIn().ask('config', 'PUT', wanted));
const trace = new TraceView({ name: (id) => cluster.name(id), ask: async (path) => signedIn().ask(path) });

function signedIn() {
  if (api === undefined) {
    throw new Refusal(401, 'not signed in');
  }
  return api;
}

/** @param {string} text what went wrong; empty when nothing did */
function fault(text) {
  setText('fault', text);
  get('fault', HTMLElement).hidden = text === '';
}

/**
 * Does something and looks at once what came of it.
 *
 * @param {string} path
 * @param {string} method
 */
async function act(path, method) {
  try {
    await signedIn().ask(path, method);
    await refresh();
  } catch (refusal) {
    fault(/** @type {Error} */ (refusal).message);
  }
}

/** Asks for everything that is shown. What is overtaken by a later question is dropped. */
async function refresh() {
  const mine = ++turn;
  if (api === undefined) {
    return;
  }
  try {
    const shown = sessions.shown;
    const [seen, page, { streams }, details] = await Promise.all([
      api.ask('admin/cluster'),
      api.ask(sessions.path),
      api.ask('admin/streams?limit=12'),
      shown === undefined ? undefined : api.ask(`admin/sessions/${encodeURIComponent(shown)}`).catch(ended),
    ]);
    if (mine !== turn) {
      return;
    }
    cluster.show(seen);
    sessions.show(page);
    showStreams(streams);
    if (shown !== undefined) {
      sessions.showDetails(details);
    }
    tiles(seen, page);
    fault('');
  } catch (refusal) {
    if (mine === turn) {
      refused(/** @type {Refusal} */ (refusal));
    }
  }
}

/** @param {Refusal} refusal */
function ended(refusal) {
  if (refusal.status !== 404) {
    throw refusal;
  }
  return undefined;
}

/**
 * @param {import('./cluster-view.js').Cluster} seen
 * @param {import('./sessions-view.js').Page} page
 */
function tiles({ at, nodes }, { slow }) {
  const point = history.add(at, nodes);
  throughput.show(history.points);
  latency.show(history.points);
  const sum = (/** @type {(node: import('./history.js').ClusterNode) => number | undefined} */ of) =>
    nodes.reduce((all, node) => all + (of(node) ?? 0), 0);
  const gaps = sum(({ figures }) => figures?.gaps);
  setText('tile-sessions', number(sum(({ figures }) => figures?.activeConnections)));
  setText('tile-delivered', number(point.delivered));
  setText('tile-published', number(point.published));
  setText('tile-bytes', bytes(point.bytes));
  setText('tile-latency', `${number(point.p99)} ms`);
  setText('tile-slow', number(slow));
  setText('tile-gaps', number(gaps));
  const causes = nodes.flatMap(({ gapsByReason = {} }) => Object.entries(gapsByReason)).map(([cause, count]) => `${cause}: ${count}`);
  get('tile-gaps', HTMLElement).title = causes.join(', ');
  get('tile-slow', HTMLElement).parentElement?.classList.toggle('is-bad', slow > 0);
}

/** @param {Refusal} refusal */
function refused(refusal) {
  if (refusal.status === 401 || refusal.status === 403) {
    signOut(refusal.message);
  } else {
    fault(refusal.message);
  }
}

/** @param {string} token */
async function signIn(token) {
  const asked = new Api(token);
  try {
    await asked.ask('admin/cluster');
    flags.show(await asked.ask('config'));
  } catch (refusal) {
    signOut(/** @type {Error} */ (refusal).message);
    return;
  }
  sessionStorage.setItem(TOKEN, token);
  api = asked;
  show(true);
  setText('login-fault', '');
  await refresh();
}

/** @param {string} why */
function signOut(why) {
  api = undefined;
  turn++;
  sessionStorage.removeItem(TOKEN);
  get('details', HTMLDialogElement).close();
  trace.clear();
  show(false);
  setText('login-fault', why);
  setText('pill', 'Not signed in');
  get('pill', HTMLElement).dataset['state'] = 'unknown';
}

/** @param {boolean} inside */
function show(inside) {
  get('login', HTMLElement).hidden = inside;
  get('board', HTMLElement).hidden = !inside;
  get('sign-out', HTMLElement).hidden = !inside;
}

async function keepUp() {
  if (!document.hidden) {
    await refresh();
  }
  setTimeout(keepUp, EVERY_MS);
}

get('sign-out', HTMLButtonElement).addEventListener('click', () => signOut(''));
get('login-form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const input = get('token', HTMLInputElement);
  const token = input.value.trim();
  input.value = '';
  signIn(token);
});
const remembered = sessionStorage.getItem(TOKEN);
if (remembered !== null) {
  signIn(remembered);
}
keepUp();

// SPDX-License-Identifier: Apache-2.0
import { Connection } from './connection.js';
import { ConnectionView } from './connection-view.js';
import { byId, setText } from './dom.js';
import { Feed } from './feed.js';
import { count, duration, plural } from './format.js';
import { FrameHandler } from './frame-handler.js';
import { announce, dismissNotice, notice } from './notices.js';
import { Outage } from './outage.js';
import { Publisher } from './publisher.js';
import { ServerClock } from './server-clock.js';
import { Session } from './session.js';
import { Sparkline } from './sparkline.js';
import { Stats } from './stats.js';

/** How long a dropped connection stays away. */
const DROP_PAUSE_MS = 6_000;
const TICK_MS = 100;

const session = new Session();
const stats = new Stats();
const clock = new ServerClock(() => performance.timeOrigin + performance.now());
const feed = new Feed(byId('feed-list'), byId('feed-empty'));
const chart = new Sparkline(/** @type {HTMLCanvasElement} */ (byId('chart')));
const view = new ConnectionView();
const frames = new FrameHandler({ clock, stats, feed, onTokenExpiring: refreshToken });
const publisher = new Publisher({ session, onAccepted, onFailed });
const connection = new Connection({
  session,
  cursors: () => frames.cursors(),
  pingTime: () => clock.pingTime(),
  onState,
  onFrame(frame) {
    frames.handle(frame);
    schedule();
  },
});
const steadySwitch = /** @type {HTMLInputElement} */ (byId('steady'));

let wasLive = false;
let scheduled = false;

/** Draws at most once a frame, however much arrives; not at all while the tab is hidden. */
function schedule() {
  if (!scheduled) {
    scheduled = true;
    requestAnimationFrame(render);
  }
}

function render() {
  scheduled = false;
  const { state } = connection;
  feed.render();
  view.render(state, frames.outage);
  const scale = chart.render(stats.bars, frames.outage?.waiting ?? 0);
  setText('chart-scale', duration(scale));
  renderReadouts();
  if (state.name === 'waiting') {
    setTimeout(schedule, TICK_MS);
  }
}

function renderReadouts() {
  setText('count-events', count(stats.events));
  setText('count-replayed', count(stats.replayed));
  setText('count-duplicates', count(stats.duplicates));
  setText('count-gaps', count(stats.gaps));
  byId('duplicates').dataset.broken = String(stats.duplicates > 0);
  byId('gaps').dataset.broken = String(stats.gaps > 0);
  setText('latency-p50', duration(stats.percentile(0.5)));
  setText('latency-p99', duration(stats.percentile(0.99)));
  const { node = '–', session: sessionId = '–', org = '–' } = frames.welcome ?? {};
  setDetail('detail-node', node);
  setDetail('detail-org', org);
  setDetail('detail-round-trip', duration(clock.roundTrip));
  setDetail('detail-session', sessionId);
  setDetail('detail-cursor', frames.cursorText() || '–');
}

/**
 * @param {string} id
 * @param {string} text
 */
function setDetail(id, text) {
  setText(id, text);
  byId(id).title = text;
}

/** @param {import('./connection.js').State} state */
function onState(state) {
  if (state.name === 'live') {
    announce('Connected.');
    byId('token-card').hidden = true;
  } else if (wasLive) {
    frames.outageBegan(new Outage(performance.now()));
    const why = 'reason' in state ? state.reason : 'connecting anew';
    feed.add({ kind: 'dropped', text: `Disconnected at ${frames.cursorText()}: ${why}` });
    announce(`Disconnected: ${why}.`);
  }
  wasLive = state.name === 'live';
  if (state.name === 'stopped') {
    byId('token-card').hidden = !state.tokenNeeded;
  }
  publishSteadily();
  schedule();
}

function publishSteadily() {
  const { state } = connection;
  publisher.steady(steadySwitch.checked || (state.name === 'waiting' && state.dropped));
}

/** @param {number} revenues */
async function publishNow(revenues) {
  const accepted = await publisher.publish(revenues);
  if (accepted > 0) {
    announce(`${plural(accepted, 'revenue')} acknowledged.`);
  }
}

/**
 * @param {number} events
 * @param {number} ms
 */
function onAccepted(events, ms) {
  frames.outage?.published(events);
  byId('publish-result').dataset.failed = 'false';
  setText('publish-result', `${plural(events, 'revenue')} acknowledged in ${duration(ms)}`);
  schedule();
}

/** @param {unknown} error */
function onFailed(error) {
  byId('publish-result').dataset.failed = 'true';
  const text = `Not published: ${error instanceof Error ? error.message : error}`;
  setText('publish-result', text);
  announce(text);
}

function refreshToken() {
  connection.refresh().catch(() => notice('The token expires soon; paste a new one when the connection ends.'));
}

/** @param {SubmitEvent} submission */
async function onToken(submission) {
  submission.preventDefault();
  const field = /** @type {HTMLInputElement} */ (byId('token'));
  session.use(field.value.trim());
  field.value = '';
  const { org } = await session.grant();
  if (org !== frames.welcome?.org) {
    frames.forgetPositions();
  }
  connection.connect();
}

byId('publish-one').addEventListener('click', () => publishNow(1));
byId('publish-burst').addEventListener('click', () => publishNow(20));
steadySwitch.addEventListener('change', publishSteadily);
byId('drop').addEventListener('click', () =>
  connection.state.name === 'live' ? connection.drop(DROP_PAUSE_MS) : connection.connect(),
);
byId('token-form').addEventListener('submit', onToken);
byId('notice-dismiss').addEventListener('click', dismissNotice);
new ResizeObserver(schedule).observe(byId('chart'));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', schedule);
connection.connect();

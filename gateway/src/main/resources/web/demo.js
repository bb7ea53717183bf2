// SPDX-License-Identifier: Apache-2.0
import { createClient } from '../client/index.js';
import { Breakage } from './breakage.js';
import { ConnectionView } from './connection-view.js';
import { byId, setText } from './dom.js';
import { Feed } from './feed.js';
import { Filters } from './filters.js';
import { duration, plural } from './format.js';
import { renderHealth } from './health-view.js';
import { Line } from './line.js';
import { announce, dismissNotice } from './notices.js';
import { Publisher } from './publisher.js';
import { DEFAULT_SERVICES, Session, TokenNeeded } from './session.js';
import { Sparkline } from './sparkline.js';
import { Stats } from './stats.js';
import { Story } from './story.js';

const TICK_MS = 100;
const METRICS_MS = 1_000;

/** Finer than a millisecond, for the picture of the latencies. */
const localNow = () => performance.timeOrigin + performance.now();

const session = new Session();
const stats = new Stats();
const feed = new Feed(byId('feed-list'), byId('feed-empty'));
const filters = new Filters(byId('filters'), (service) => {
  feed.show(service);
  schedule();
});
const chart = new Sparkline(/** @type {HTMLCanvasElement} */ (byId('chart')));
const view = new ConnectionView();
const breakage = new Breakage(new Line(globalThis), schedule);
const publisher = new Publisher({ session, service: () => filters.next(), onAccepted, onFailed });
const steadySwitch = /** @type {HTMLInputElement} */ (byId('steady'));

/** @type {{client: import('../client/index.js').Client, story: Story} | undefined} */
let running;
let scheduled = false;

/** @param {{token?: string, services: string[]}} grant without a token, the client asks for one */
function start({ token, services }) {
  running?.client.close();
  filters.offer(services);
  const client = createClient({
    services,
    token,
    getToken: () => session.renewed().then((grant) => grant.token, noToken),
    environment: { ...breakage.line.environment, wallTime: localNow },
    marks: true,
  });
  // The client's own `exposeMetrics` would put it on the window that it has been given, which is the line's.
  Object.assign(globalThis, { __realtimeMetrics: () => client.metrics() });
  running = { client, story: new Story({ client, stats, feed, localNow, onChange: schedule }) };
  schedule();
}

/** @param {unknown} error */
function noToken(error) {
  if (error instanceof TokenNeeded) {
    return null;
  }
  throw error;
}

/** Draws at most once a frame, however much arrives; not at all while the tab is hidden. */
function schedule() {
  if (!scheduled) {
    scheduled = true;
    requestAnimationFrame(render);
  }
}

function render() {
  scheduled = false;
  feed.render();
  if (running === undefined) {
    return;
  }
  const { client, story } = running;
  const metrics = client.metrics();
  const { state } = client;
  const tokenNeeded = state === 'stopped' && (story.reason === 'token needed' || story.reason === 'unauthorized');
  byId('token-card').hidden = !tokenNeeded;
  view.render({ ...story, state, leader: metrics.leader, tokenNeeded, breakage });
  const scale = chart.render(stats.bars, story.outage?.waiting ?? 0);
  setText('chart-scale', duration(scale));
  renderHealth(metrics, stats, { welcome: story.welcome, cursors: story.cursorText() });
  if (breakage.counting) {
    setTimeout(schedule, TICK_MS);
  }
}

/** @param {number} events */
async function publishNow(events) {
  const accepted = await publisher.publish(events);
  if (accepted > 0) {
    announce(`${plural(accepted, 'event')} acknowledged.`);
  }
}

/**
 * @param {number} events
 * @param {number} ms
 */
function onAccepted(events, ms) {
  running?.story.outage?.published(events);
  byId('publish-result').dataset.failed = 'false';
  setText('publish-result', `${plural(events, 'event')} acknowledged in ${duration(ms)}`);
  schedule();
}

/** @param {unknown} error */
function onFailed(error) {
  byId('publish-result').dataset.failed = 'true';
  const text = `Not published: ${error instanceof Error ? error.message : error}`;
  setText('publish-result', text);
  announce(text);
}

/** @param {SubmitEvent} submission */
async function onToken(submission) {
  submission.preventDefault();
  const field = /** @type {HTMLInputElement} */ (byId('token'));
  session.use(field.value.trim());
  field.value = '';
  // Anew, for it may be somebody else's: nothing of the one before is shown to be his.
  start(await session.grant());
}

function onDrop() {
  if (running?.client.state === 'connected') {
    breakage.drop();
  } else {
    breakage.mend();
    running?.client.restart();
  }
}

byId('publish-one').addEventListener('click', () => publishNow(1));
byId('publish-burst').addEventListener('click', () => publishNow(20));
steadySwitch.addEventListener('change', () => publisher.steady(steadySwitch.checked));
byId('drop').addEventListener('click', onDrop);
byId('offline').addEventListener('click', () =>
  breakage.line.state === 'offline' ? breakage.mend() : breakage.goOffline(),
);
byId('reading').addEventListener('click', () =>
  breakage.line.reading ? breakage.stopReading() : breakage.mend(),
);
byId('token-form').addEventListener('submit', onToken);
byId('notice-dismiss').addEventListener('click', dismissNotice);
new ResizeObserver(schedule).observe(byId('chart'));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', schedule);
setInterval(schedule, METRICS_MS);
session.grant().then(start, () => start({ services: DEFAULT_SERVICES }));

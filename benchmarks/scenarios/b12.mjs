// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOAD_CORE, SERVER_CORE, awaitPort, start, stop, usage } from '../lib/processes.mjs';
import { ms, step, warmUp, withSubscribers } from '../lib/measure.mjs';

const BROWSERS = 1000;
const SERVICES = 10;
const INTERVAL_MS = 25_000;
// So many events in all, of services of their own: about one poll in twenty finds something, all others find nothing.
const EVENTS = 2;
const PORT = 4950;
const LAYOUT = { connections: BROWSERS, streams: SERVICES, slots: SERVICES };
const polling = new URL('../lib/polling.mjs', import.meta.url).pathname;

export const title = 'What it replaces: 1 000 browsers that poll 10 services every 25 s, against one socket each, the same events';
export const short = false;

/** @param {import('../bench.mjs').Context} context */
export async function run({ full, log }) {
  const seconds = full ? 100 : 60;
  const polled = await poll(seconds);
  log({ how: 'polled', requests: polled.requests, bytes: polled.bytes, server_cpu_s: polled.cpu.toFixed(2), mean_delay_ms: polled.delayMs.toFixed(1), events: polled.events });
  const pushed = await withSubscribers('sluice', LAYOUT, async (session) => {
    log({ warm_up_s: await warmUp(session, LAYOUT, { rate: 50 }) });
    // And what it does when nothing happens: heartbeats, looking after sessions.
    await sleep(60_000);
    return step(session, LAYOUT, { rate: EVENTS / seconds, streams: EVENTS, tickUs: 10_000, seconds });
  });
  if (pushed.wrong.length > 0 || pushed.sent.sent !== EVENTS) throw new Error(pushed.wrong.join('; '));
  log({ how: 'pushed', bytes: pushed.got.bytes, server_cpu_s: pushed.serverCpu.toFixed(2), mean_delay_ms: ms(pushed.got.mean_us), events: pushed.got.events });
  return outcome(polled, pushed, seconds);
}

async function poll(seconds) {
  const server = start(SERVER_CORE, ['node', polling, 'serve', String(PORT)]);
  try {
    await awaitPort(PORT, server);
    const browsers = start(LOAD_CORE, ['node', polling, 'browse', PORT, BROWSERS, SERVICES, INTERVAL_MS, seconds].map(String), { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    browsers.stdout.on('data', (data) => (out += data));
    const ended = once(browsers, 'close');
    const before = usage(server.pid).cpuSeconds;
    const published = await publishByClock(seconds);
    await ended;
    const cpu = usage(server.pid).cpuSeconds - before;
    const totals = JSON.parse(out);
    if (totals.errors > 0) throw new Error(`${totals.errors} polls failed`);
    // Whatever was published an interval before the end has reached everybody; nothing reaches anybody twice.
    const certain = published.filter((at) => at < seconds * 1000 - INTERVAL_MS - 1000).length * BROWSERS;
    if (totals.events < certain || totals.events > published.length * BROWSERS) throw new Error(`${totals.events} events arrived by polling, at least ${certain} should have`);
    return { ...totals, cpu, delayMs: totals.delayMsSum / totals.events };
  } finally {
    await stop(server);
  }
}

/** Publishes to the services in turn; returns when each event was, in milliseconds from the start. */
async function publishByClock(seconds) {
  const began = Date.now();
  const times = [];
  for (let i = 0; i < EVENTS; i++) {
    const at = (i * seconds * 1000) / EVENTS;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, began + at - Date.now())));
    const mark = `@@${String(process.hrtime.bigint() / 1000n).padStart(16, '0')}`;
    const event = { specversion: '1.0', id: `p-${i}`, source: '/bench', type: 'bench.tick', service: `s${i % SERVICES}`, data: { mark, pad: 'x'.repeat(110) } };
    const answer = await fetch(`http://127.0.0.1:${PORT}/s${i % SERVICES}`, { method: 'POST', body: JSON.stringify(event) });
    if (!answer.ok) throw new Error(`the service answered ${answer.status}`);
    times.push(at);
  }
  return times;
}

function outcome(polled, pushed, seconds) {
  // Requests of the sockets: one upgrade for each browser, once, however long it stays; so the comparison is per day of a page left open.
  const day = 86_400;
  const requests = { polled: (polled.requests / seconds) * day, pushed: BROWSERS };
  const delay = polled.delayMs / (pushed.got.mean_us / 1000);
  const cpu = polled.cpu / pushed.serverCpu;
  const fewer = 1 - pushed.got.bytes / polled.bytes;
  return {
    columns: ['', 'requests a day', `bytes in ${seconds} s`, `CPU s in ${seconds} s`, 'mean delay ms'],
    rows: [
      ['polled', Math.round(requests.polled), polled.bytes, polled.cpu.toFixed(2), polled.delayMs.toFixed(0)],
      ['one socket each', requests.pushed, pushed.got.bytes, pushed.serverCpu.toFixed(2), (pushed.got.mean_us / 1000).toFixed(2)],
    ],
    checks: [
      { label: 'requests', target: '≥ 50 × fewer', measured: `${Math.round(requests.polled / requests.pushed)} ×`, met: requests.polled / requests.pushed >= 50 },
      { label: 'CPU', target: '≥ 50 × less', measured: `${cpu.toFixed(1)} ×`, met: cpu >= 50 },
      { label: 'bytes', target: '≥ 98 % fewer', measured: `${(fewer * 100).toFixed(1)} %`, met: fewer >= 0.98 },
      { label: 'mean delay', target: '≥ 250 × shorter', measured: `${Math.round(delay)} ×`, met: delay >= 250 },
    ],
  };
}

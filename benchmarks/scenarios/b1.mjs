// SPDX-License-Identifier: Apache-2.0
import { each, grouped, ms, restore, step, warm, warmUp, withSubscribers } from '../lib/measure.mjs';
import { ramp } from '../lib/ramp.mjs';
import { HEAP } from '../lib/jvm.mjs';

const LAYOUT = { connections: 1000 };
const LIMIT_US = 100_000;
// Beyond this the reader would be what is measured: the floor shows what it takes.
const MAX_RATE = 12_800;
// A stream keeps 1 000 events by default: at 6 400 events/s that is 0.16 s, and a hiccup longer than that is a gap, which ends the ramp.
const HISTORY = { SLUICE_LOG_MAX_EVENTS: '20000', SLUICE_GATEWAY_HUB_BUFFER_EVENTS: '20000', SLUICE_GATEWAY_HUB_BUFFER_BYTES: '16777216' };

export const title = 'Fan-out: 1 stream, 1 000 subscribers, 256-byte events; the rate is raised until p99 exceeds 100 ms';
export const short = true;

/** @param {import('../bench.mjs').Context} context */
export async function run({ peers, full, log }) {
  const kinds = ['floor', 'floor-batch', ...peers, 'sluice'];
  const found = await each(kinds, (kind) => withSubscribers(kind, LAYOUT, (session) => limitOf(kind, session, full, log), { how: { env: HISTORY, options: HEAP } }), log);
  return outcome(Object.keys(found), found);
}

async function limitOf(kind, session, full, log) {
  await warm(session, LAYOUT, { rate: 20 }, 2);
  if (full) {
    // At two rates: what is written when events come one by one and when they come in batches is not the same code.
    const seconds = (await warmUp(session, LAYOUT, { rate: 50 })) + (kind === 'sluice' ? await warmUp(session, LAYOUT, { rate: 800 }) : 0);
    log({ server: kind, warm_up_s: seconds });
  } else if (kind === 'sluice' || kind === 'vertx-sockjs') {
    await warm(session, LAYOUT, { rate: 50 }, 3);
  }
  const { best, attempts } = await ramp(async (rate) => {
    await restore(session, LAYOUT);
    const one = await step(session, LAYOUT, { rate, seconds: full ? 3 : 2 });
    const good = one.wrong.length === 0 && one.got.p99_us <= LIMIT_US;
    log({ server: kind, events_per_s: rate, deliveries_per_s: rate * LAYOUT.connections, p50_ms: ms(one.got.p50_us), p99_ms: ms(one.got.p99_us),
      frames: one.got.frames, server_cpu_s: one.serverCpu.toFixed(2), reader_cpu_s: one.got.cpu_seconds, wrong: one.wrong.join('; ') });
    return { good, wrong: one.wrong, p50: one.got.p50_us, p99: one.got.p99_us, bytes: one.got.bytes / one.sent.seconds,
      frames: one.got.frames / one.sent.seconds, rss: one.rssBytes };
  }, { from: 50, to: MAX_RATE, bisections: full ? 3 : 1 });
  return { best, attempts };
}

function outcome(kinds, found) {
  const limit = (kind) => (found[kind]?.best ? found[kind].best.rate * LAYOUT.connections : 0);
  const slowest = ['nchan', 'socket.io'].filter((kind) => found[kind]);
  const times = Math.min(...slowest.map((kind) => limit('sluice') / limit(kind)));
  const part = limit('sluice') / limit('floor-batch');
  return {
    columns: ['server', 'deliveries/s', 'p50 ms', 'p99 ms', 'frames/s', 'MB/s', 'RSS MB', 'Sluice is'],
    rows: kinds.map((kind) => {
      const best = found[kind].best;
      return [kind, grouped(limit(kind)), best ? ms(best.p50) : '—', best ? ms(best.p99) : '—', best ? grouped(best.frames) : '—',
        best ? Math.round(best.bytes / 1e6) : '—', best ? Math.round(best.rss / 1e6) : '—', kind === 'sluice' ? '' : `${(limit('sluice') / limit(kind)).toFixed(2)} ×`];
    }),
    checks: [
      ...(slowest.length > 0 ? [{ label: `of ${slowest.join(' and ')}`, target: '≥ 25 ×', measured: `${times.toFixed(1)} ×`, met: times >= 25 }] : []),
      { label: 'of the floor writing the same batches', target: '≥ 85 %', measured: `${Math.round(part * 100)} %`, met: part >= 0.85 },
    ],
    facts: { settings: Object.entries(HISTORY).map((entry) => entry.join('=')).join(' '), heap: HEAP.join(' ') },
    plot: {
      kind: 'lines', x: 'deliveries per second', y: 'p99 in ms', log: true, limit: LIMIT_US / 1000,
      points: kinds.flatMap((kind) => found[kind].attempts.map((one) => ({
        series: kind, x: one.rate * LAYOUT.connections, y: Math.max(0.01, one.p99 / 1000) }))),
    },
  };
}

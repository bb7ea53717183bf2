// SPDX-License-Identifier: Apache-2.0
import { HEAP } from '../lib/jvm.mjs';
import { each, grouped, ms, step, subscribersOf, warm, warmUp, withSubscribers } from '../lib/measure.mjs';

const LAYOUT = { connections: 3000, streams: 5000, slots: 5 };
const RATE = 20_000;
const LIMIT_US = 50_000;

export const title = 'Many small streams: 5 000 streams of 3 subscribers, 20 000 events/s';
export const short = false;

/** @param {import('../bench.mjs').Context} context */
export async function run({ peers, log }) {
  const found = await each([...peers, 'sluice'], (kind) => withSubscribers(kind, LAYOUT, async (session) => {
    await warm(session, LAYOUT, { rate: 5_000, lanes: 8 }, 5);
    // At half of the rate first: a server whose core is full compiles at the cost of what it delivers, and gets no cheaper for long.
    log({ server: kind, warm_up_s: (await warmUp(session, LAYOUT, { rate: RATE / 2, lanes: 8 })) + (await warmUp(session, LAYOUT, { rate: RATE, lanes: 8 })) });
    const one = await step(session, LAYOUT, { rate: RATE, lanes: 8, seconds: 8 }, { patienceMs: 10_000 });
    log({ server: kind, p50_ms: ms(one.got.p50_us), p99_ms: ms(one.got.p99_us), server_cpu_s: one.serverCpu.toFixed(2),
      published_p99_ms: ms(one.sent.p99_us), frames: one.got.frames, wrong: one.wrong.join('; ') });
    return one;
  }, { how: SLUICE, extra: ['--parallel', '50'] }), log);
  const kinds = Object.keys(found);
  const { got, wrong } = found.sluice;
  if (wrong.length > 0) throw new Error(wrong.join('; '));
  const best = Math.min(...peers.filter((kind) => found[kind]).map((kind) => (found[kind].wrong.length > 0 ? Infinity : found[kind].got.p99_us)));
  return {
    columns: ['server', 'p50 ms', 'p99 ms', 'CPU of a core', 'RSS MB', 'wrong'],
    rows: kinds.map((kind) => {
      const one = found[kind];
      return [kind, ms(one.got.p50_us), ms(one.got.p99_us), `${Math.round((100 * one.serverCpu) / one.seconds)} %`, Math.round(one.rssBytes / 1e6), one.wrong.join('; ')];
    }),
    checks: [
      { label: 'p99', target: '< 50 ms', measured: `${ms(got.p99_us)} ms`, met: got.p99_us < LIMIT_US },
      { label: 'p99 beside the best peer', target: `≤ ${best === Infinity ? 'none kept up' : `${ms(best)} ms`}`, measured: `${ms(got.p99_us)} ms`, met: got.p99_us <= best },
    ],
    facts: { heap: HEAP.join(' ') },
    plot: {
      kind: 'bars', y: `delay in ms at ${grouped(RATE * subscribersOf(LAYOUT))} deliveries/s`, log: true,
      points: kinds.flatMap((kind) => ['p50', 'p99'].map((which) => ({ series: which, x: kind, y: Math.max(0.01, found[kind].got[`${which}_us`] / 1000) }))),
    },
  };
}

const SLUICE = { env: { SLUICE_GATEWAY_ADMISSION_CONNECTS_PER_SECOND: '100000', SLUICE_GATEWAY_ADMISSION_CONNECT_BURST: '100000' }, options: HEAP };

// SPDX-License-Identifier: Apache-2.0
import { HEAP } from '../lib/jvm.mjs';
import { each, grouped, ms, step, warm, warmUp, withSubscribers } from '../lib/measure.mjs';

const LAYOUT = { connections: 1000 };
const PACE = { rate: 100, tickUs: 10_000 };

export const title = 'Latency at 100 000 deliveries/s: 100 events/s, each by itself, to 1 000 subscribers';
export const short = true;

/** @param {import('../bench.mjs').Context} context */
export async function run({ peers, full, log }) {
  const kinds = ['floor', ...peers, 'sluice'];
  const found = await each(kinds, (kind) => withSubscribers(kind, LAYOUT, async (session) => {
    await warm(session, LAYOUT, { rate: 20 }, 2);
    if (full) log({ server: kind, warm_up_s: await warmUp(session, LAYOUT, PACE) });
    else await step(session, LAYOUT, { ...PACE, seconds: 2 }); // a peer that cannot keep up may lose here, too
    const one = await step(session, LAYOUT, { ...PACE, seconds: full ? 10 : 4 });
    log({ server: kind, p50_ms: ms(one.got.p50_us), p90_ms: ms(one.got.p90_us), p99_ms: ms(one.got.p99_us), server_cpu_s: one.serverCpu.toFixed(2),
      wrong: one.wrong.join('; ') });
    return one;
  }, { how: { options: HEAP } }), log);
  if (found.sluice.wrong.length > 0) throw new Error(found.sluice.wrong.join('; '));
  return outcome(Object.keys(found), peers.filter((kind) => found[kind]), found);
}

function outcome(kinds, peers, found) {
  const best = (key) => Math.min(...peers.map((kind) => (found[kind].wrong.length > 0 ? Infinity : found[kind].got[key])));
  const { got } = found.sluice;
  return {
    columns: ['server', 'p50 ms', 'p90 ms', 'p99 ms', 'p99.9 ms', 'CPU of a core', 'wrong'],
    rows: kinds.map((kind) => {
      const one = found[kind];
      return [kind, ms(one.got.p50_us), ms(one.got.p90_us), ms(one.got.p99_us), ms(one.got.p999_us),
        `${Math.round((one.serverCpu / one.seconds) * 100)} %`, one.wrong.join('; ')];
    }),
    checks: [
      { label: 'p99 beside the best peer', target: `≤ ${ms(best('p99_us'))} ms`, measured: `${ms(got.p99_us)} ms`, met: got.p99_us <= best('p99_us') },
      { label: 'p50 beside the best peer', target: `< ${ms(best('p50_us'))} ms`, measured: `${ms(got.p50_us)} ms`, met: got.p50_us < best('p50_us') },
    ],
    facts: { heap: HEAP.join(' ') },
    plot: {
      kind: 'bars', y: `delay in ms at ${grouped(PACE.rate * LAYOUT.connections)} deliveries/s`, log: true,
      points: kinds.flatMap((kind) => ['p50', 'p99'].map((which) => ({ series: which, x: kind, y: Math.max(0.01, found[kind].got[`${which}_us`] / 1000) }))),
    },
  };
}

// SPDX-License-Identifier: Apache-2.0
import { HEAP, startCluster, warmUp } from '../lib/cluster.mjs';
import { Reader, publish } from '../lib/load.mjs';
import { ms } from '../lib/measure.mjs';

const LAYOUT = { connections: 50, streams: 10, slots: 1 };
const RATE = 1_000;

export const title = 'End to end across nodes: published on A, 50 subscribers each on B and C, 1 000 events/s over 10 streams; all on two cores';
export const short = false;

/** @param {import('../bench.mjs').Context} context */
export async function run({ full, log }) {
  const cluster = await startCluster(LAYOUT);
  const readers = [];
  try {
    const [a, b, c] = cluster.nodes;
    for (const node of [b, c]) readers.push(await Reader.open(node.door, LAYOUT));
    const pace = { rate: RATE, streams: LAYOUT.streams, lanes: 2, tickUs: 1_000 };
    const perReader = (sent) => sent.sent * (LAYOUT.connections / LAYOUT.streams);
    const phase = async (seconds) => {
      const sent = await publish(a.door, { ...pace, seconds });
      return Promise.all(readers.map(async (reader) => {
        const got = await reader.settle(perReader(sent));
        const wrong = ['missing', 'repeated', 'errors', 'closed'].filter((key) => got[key] > 0);
        if (got.events !== perReader(sent) || wrong.length > 0) throw new Error(`${got.events} of ${perReader(sent)} events arrived; ${wrong}`);
        return got;
      }));
    };
    if (full) log({ warm_up_s: await warmUp(cluster, phase) });
    else await phase(10);
    const [onB, onC] = await phase(full ? 20 : 8);
    for (const [node, got] of [['B', onB], ['C', onC]]) log({ node, p50_ms: ms(got.p50_us), p99_ms: ms(got.p99_us), max_ms: ms(got.max_us) });
    const worst = (key) => Math.max(onB[key], onC[key]);
    const row = (node, got) => [node, ms(got.p50_us), ms(got.p90_us), ms(got.p99_us), ms(got.max_us)];
    return {
      columns: ['node', 'p50 ms', 'p90 ms', 'p99 ms', 'max ms'], rows: [row('B', onB), row('C', onC)],
      checks: [
        { label: 'p50', target: '< 3 ms', measured: `${ms(worst('p50_us'))} ms`, met: worst('p50_us') < 3_000 },
        { label: 'p99', target: '< 20 ms', measured: `${ms(worst('p99_us'))} ms`, met: worst('p99_us') < 20_000 },
      ],
      facts: { heap: HEAP.join(' ') },
    };
  } finally {
    for (const reader of readers) await reader.close();
    await cluster.stop();
  }
}

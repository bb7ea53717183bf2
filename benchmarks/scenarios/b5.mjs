// SPDX-License-Identifier: Apache-2.0
import { HEAP, cpuOf, memberEnv, startCluster, warmUp } from '../lib/cluster.mjs';
import { publishFromJvm } from '../lib/jvm.mjs';
import { publish } from '../lib/load.mjs';
import { grouped, ms } from '../lib/measure.mjs';

const STREAMS = 64;

export const title = 'Publish to three nodes, acknowledged when replicated; 64 streams; nodes, publisher and load share two cores';
export const short = false;

/** @param {import('../bench.mjs').Context} context */
export async function run({ full, log }) {
  const cluster = await startCluster({ connections: 1 });
  try {
    const { door } = cluster.publisher;
    const at = async (rate, seconds, extra = {}) => {
      const before = cpuOf(cluster);
      const sent = await publish(door, { rate, seconds, streams: STREAMS, lanes: 8, ...extra });
      const one = { rate, perSecond: sent.sent / sent.seconds, p50: sent.p50_us, p99: sent.p99_us, cpu: (cpuOf(cluster) - before) / sent.seconds };
      log({ events_per_s: rate, acknowledged_per_s: Math.round(one.perSecond), p50_ms: ms(one.p50), p99_ms: ms(one.p99), cluster_cores: one.cpu.toFixed(2) });
      return one;
    };
    const publishing = (rate) => (seconds) => publish(door, { rate, seconds, streams: STREAMS, lanes: 8 });
    if (full) log({ warm_up_s: (await warmUp(cluster, publishing(2_000))) + (await warmUp(cluster, publishing(10_000))) });
    await at(20_000, 5);
    const idle = await at(100, full ? 15 : 8, { lanes: 1, tickUs: 10_000 });
    const busy = await at(10_000, full ? 15 : 8, { tickUs: 5_000 });
    // More than it can take: every lane sends its next batch of 500 as soon as its last one is acknowledged.
    const saturate = () => at(250_000, 3, { lanes: 16, tickUs: 5_000 });
    if (full) await saturate();
    const saturated = await saturate();
    const before = cpuOf(cluster);
    const jvm = await publishFromJvm(memberEnv(4), { warmSeconds: full ? 10 : 6, seconds: full ? 10 : 5, streams: STREAMS, window: 20_000 });
    const inside = { perSecond: jvm.acknowledged / jvm.seconds, cpu: (cpuOf(cluster) - before) / jvm.allSeconds };
    log({ from: 'jvm', acknowledged_per_s: Math.round(inside.perSecond), cluster_cores: inside.cpu.toFixed(2) });
    return outcome(idle, busy, saturated, inside);
  } finally {
    await cluster.stop();
  }
}

function outcome(idle, busy, saturated, inside) {
  const row = (label, one) => [label, grouped(one.perSecond), ms(one.p50), ms(one.p99), one.cpu.toFixed(2)];
  const most = Math.max(saturated.perSecond, inside.perSecond);
  return {
    columns: ['offered', 'acknowledged/s', 'p50 ms', 'p99 ms', 'cores used by the cluster'],
    rows: [row('100/s over HTTP', idle), row('10 000/s over HTTP', busy), row('as fast as it goes over HTTP, batches of 500', saturated),
      ['as fast as it goes, `EventPublisher` in a JVM of the cluster', grouped(inside.perSecond), '', '', inside.cpu.toFixed(2)]],
    checks: [
      { label: 'saturated', target: '≥ 200 000 events/s', measured: `${grouped(most)} events/s`, met: most >= 200_000 },
      { label: 'p99 at 10 000/s', target: '< 15 ms', measured: `${ms(busy.p99)} ms`, met: busy.p99 < 15_000 },
      { label: 'p50 at 100/s', target: '< 1.5 ms', measured: `${ms(idle.p50)} ms`, met: idle.p50 < 1_500 },
    ],
    facts: { heap: HEAP.join(' ') },
  };
}

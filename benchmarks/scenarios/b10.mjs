// SPDX-License-Identifier: Apache-2.0
import { Reader, publish } from '../lib/load.mjs';
import { startCluster } from '../lib/cluster.mjs';
import { step, warm, withSubscribers } from '../lib/measure.mjs';

const ENV = { SLUICE_GATEWAY_ADMISSION_CONNECTS_PER_SECOND: '3000', SLUICE_GATEWAY_ADMISSION_CONNECT_BURST: '3000' };
const MANY_STREAMS = { ...ENV, SLUICE_GATEWAY_HUB_MAX_STREAMS: '100000' };

const FAN_OUT = 4; // subscribers of each of many streams

export const title = 'Growth: CPU of the gateway for a delivery as sessions, streams, the size of events and nodes grow';
export const short = false;

/** @param {import('../bench.mjs').Context} context */
export async function run({ full, log }) {
  const seconds = full ? 6 : 4;
  const points = [];
  const add = (series, x, cost) => {
    log({ what: series, at: x, cpu_us_a_delivery: cost.toFixed(2) });
    points.push({ series, x, y: Number(cost.toFixed(2)) });
  };
  // The same 20 000 deliveries a second each time; only one thing grows.
  for (const connections of [1000, 5000, 15_000]) {
    add('sessions', connections, await costOf({ connections }, { rate: 20_000 / connections }, seconds, ENV));
  }
  for (const streams of [10, 1000, 50_000]) {
    const slots = Math.max(1, Math.min(100, streams / 100));
    const layout = { connections: (FAN_OUT * streams) / slots, streams, slots };
    add('streams', streams, await costOf(layout, { rate: 20_000 / FAN_OUT, lanes: 8 }, seconds, MANY_STREAMS));
  }
  for (const size of [256, 4096, 65_000]) {
    add('event bytes', size, await costOf({ connections: 200 }, { rate: 20, size }, seconds, ENV));
  }
  for (const nodes of [1, 3]) add('nodes', nodes, await costInCluster(nodes, seconds));
  const rows = points.map(({ series, x, y }) => [series, x, y]);
  const spread = (series) => {
    const own = points.filter((point) => point.series === series).map((point) => point.y);
    return Math.max(...own) / own[0];
  };
  return {
    columns: ['what grows', 'to', 'µs of CPU a delivery'], rows,
    checks: ['sessions', 'streams', 'event bytes', 'nodes'].map((series) => ({
      label: `cost of a delivery, ${series}`, target: 'flat within 20 %', measured: `worst ${spread(series).toFixed(2)} × the first`, met: spread(series) <= 1.2 })),
    plot: { kind: 'lines', x: 'sessions, streams, bytes or nodes', y: 'µs of CPU a delivery', log: true, points },
  };
}

/** Microseconds of the server's CPU for each delivery, what it uses at rest included. */
async function costOf(layout, pace, seconds, env) {
  return withSubscribers('sluice', layout, async (session) => {
    await warm(session, layout, pace, 5);
    const one = await step(session, layout, { ...pace, seconds });
    if (one.wrong.length > 0) throw new Error(one.wrong.join('; '));
    return (one.serverCpu * 1e6) / one.expected;
  }, { how: { env } });
}

/** One gateway node of three takes the sessions, then two, then three; the cost is that of all nodes that hold sessions. */
async function costInCluster(count, seconds) {
  const layout = { connections: 1000 };
  const cluster = await startCluster(layout);
  const readers = [];
  try {
    const holders = cluster.nodes.slice(0, count);
    for (const node of holders) readers.push(await Reader.open(node.door, layout));
    const phase = async (duration) => {
      const before = holders.map((node) => node.usage().cpuSeconds);
      const sent = await publish(cluster.publisher.door, { rate: 20, seconds: duration });
      for (const reader of readers) {
        const got = await reader.settle(sent.sent * layout.connections);
        if (got.events !== sent.sent * layout.connections) throw new Error(`${got.events} of ${sent.sent * layout.connections} events arrived`);
      }
      const cpu = holders.reduce((sum, node, i) => sum + node.usage().cpuSeconds - before[i], 0);
      return (cpu * 1e6) / (sent.sent * layout.connections * count);
    };
    await phase(6);
    return await phase(seconds);
  } finally {
    for (const reader of readers) await reader.close();
    await cluster.stop();
  }
}

// SPDX-License-Identifier: Apache-2.0
import { HEAP, javas } from '../lib/jvm.mjs';
import { grouped, ms, step, subscribersOf, warm, warmUp, withSubscribers } from '../lib/measure.mjs';

const LAYOUT = { connections: 3000, streams: 5000, slots: 5 };
const RATE = 6_000;
const LIMITS = { SLUICE_GATEWAY_ADMISSION_CONNECTS_PER_SECOND: '100000', SLUICE_GATEWAY_ADMISSION_CONNECT_BURST: '100000' };
const COLLECTORS = { 17: ['Serial', 'Parallel', 'G1'], 25: ['Serial', 'G1', 'Z'] };

export const title = 'Garbage collectors: the same events on many small streams under each, one core, 2 GB of heap';
export const short = false;

/** @param {import('../bench.mjs').Context} context */
export async function run({ jdk25, log }) {
  const rows = [];
  for (const java of javas(jdk25)) {
    for (const collector of COLLECTORS[java.version] ?? COLLECTORS[25]) {
      const one = await under(java, collector);
      log({ java: java.version, collector, p50_ms: ms(one.got.p50_us), p99_ms: ms(one.got.p99_us), p999_ms: ms(one.got.p999_us),
        server_cpu_s: one.serverCpu.toFixed(2), rss_mb: Math.round(one.rssBytes / 1e6) });
      rows.push([`${collector}, JDK ${java.version}`, ms(one.got.p50_us), ms(one.got.p99_us), ms(one.got.p999_us),
        `${Math.round((100 * one.serverCpu) / one.seconds)} %`, Math.round(one.rssBytes / 1e6)]);
    }
  }
  return {
    columns: [`at ${grouped(RATE * subscribersOf(LAYOUT))} deliveries/s`, 'p50 ms', 'p99 ms', 'p99.9 ms', 'CPU of a core', 'RSS MB'], rows,
    checks: [], // which one to take is what this is for
    facts: { heap: HEAP.join(' ') },
  };
}

function under(java, collector) {
  return withSubscribers('sluice', LAYOUT, async (session) => {
    await warm(session, LAYOUT, { rate: RATE / 2, lanes: 8 }, 5);
    await warmUp(session, LAYOUT, { rate: RATE, lanes: 8 }, { atMost: 30 });
    const one = await step(session, LAYOUT, { rate: RATE, lanes: 8, seconds: 10 });
    if (one.wrong.length > 0) throw new Error(`${collector}: ${one.wrong.join('; ')}`);
    return one;
  }, { how: { java, env: LIMITS, options: [`-XX:+Use${collector}GC`, ...HEAP] }, extra: ['--parallel', '50'] });
}

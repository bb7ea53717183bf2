// SPDX-License-Identifier: Apache-2.0
import { ms, restore, step, warm, warmUp, withSubscribers } from '../lib/measure.mjs';

const LAYOUT = { connections: 1000 };
const HALF = LAYOUT.connections / 2;
// 400 KB/s a session: within seconds the kernel's buffers of those that do not read are full.
const PACE = { rate: 200, size: 2048 };
// What the machines of the clients keep lies on this one, too: left to itself the kernel lets that grow to megabytes a socket.
const RECEIVE = 64 << 10;
const HEAP = ['-Xms512m', '-Xmx512m', '-XX:+AlwaysPreTouch']; // or the heap's first growth would count

export const title = 'Half of 1 000 subscribers stop reading: 200 events/s of 2 KB';
export const short = false;

/** So often half of them stop before it is measured. */
const REHEARSALS = 2;

/**
 * What happens for the first time is compiled on the core that is measured, and what a kernel in a virtual machine writes to for the first time takes it
 * many times as long: of the first second after the first stop, copying to the 220 MB that sockets may keep took 0.37 s by `perf`, and of any later one 0.005 s.
 */
async function rehearse(session) {
  for (let i = 0; i < REHEARSALS; i++) {
    await session.reader.tell(`stall 0 ${HALF}`);
    await step(session, { connections: HALF }, { ...PACE, seconds: 15 });
    await session.reader.tell(`drop 0 ${HALF}`);
    await restore(session, LAYOUT);
    await warm(session, LAYOUT, PACE, 10);
  }
}

/** @param {import('../bench.mjs').Context} context */
export async function run({ full, log }) {
  const seconds = full ? 20 : 12;
  const { fresh, before, during } = await withSubscribers('sluice', LAYOUT, async (session) => {
    await warm(session, LAYOUT, { ...PACE, rate: 50 }, 3);
    log({ warm_up_s: await warmUp(session, LAYOUT, PACE) });
    const fresh = session.server.usage();
    await rehearse(session);
    const before = await step(session, LAYOUT, { ...PACE, seconds: 10 });
    await session.reader.tell(`stall 0 ${HALF}`);
    const during = await step(session, { connections: HALF }, { ...PACE, seconds });
    return { fresh, before, during };
  }, { how: { options: HEAP }, extra: ['--receive-buffer', String(RECEIVE)] });
  // The stalled may be closed (4001, the cursor intact); that is what is promised to them.
  const wrong = [...before.wrong, ...during.wrong.filter((text) => !text.startsWith('closed'))];
  if (wrong.length > 0) throw new Error(wrong.join('; '));
  const times = during.got.p99_us / before.got.p99_us;
  const grown = (during.rssBytes - before.rssBytes) / 1e6;
  for (const [phase, one] of [['all read', before], ['half stopped', during]]) {
    log({ phase, p50_ms: ms(one.got.p50_us), p99_ms: ms(one.got.p99_us), rss_mb: Math.round(one.rssBytes / 1e6), tcp_mb: Math.round(one.tcpBytes / 1e6), closed: one.got.closed });
  }
  log({ rss_before_any_stopped_mb: Math.round(fresh.rssBytes / 1e6) });
  const row = (phase, one) => [phase, ms(one.got.p50_us), ms(one.got.p99_us), (one.rssBytes / 1e6).toFixed(1), Math.round(one.tcpBytes / 1e6), one.got.closed];
  return {
    columns: ['', 'p50 ms of those that read', 'p99 ms', 'RSS MB', 'TCP buffers of the kernel MB', 'closed (4001)'],
    rows: [row('all read', before), row(`half stopped, ${seconds} s`, during)],
    checks: [
      { label: "the others' p99", target: '≤ 1.5 × before', measured: `${times.toFixed(2)} ×`, met: times <= 1.5 },
      { label: 'growth of RSS', target: '< 32 MB', measured: `${grown.toFixed(1)} MB`, met: grown < 32 },
    ],
    facts: { heap: HEAP.join(' '), 'RSS MB before the first rehearsal': (fresh.rssBytes / 1e6).toFixed(1) },
  };
}

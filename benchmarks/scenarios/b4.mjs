// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { collectGarbage, javas } from '../lib/jvm.mjs';
import { Reader } from '../lib/load.mjs';
import { startServer } from '../lib/servers.mjs';

const SESSIONS = 15_000;
const USERS_OF_AN_ORG = 100;
// 150 orgs of 100 users, 3 services each, are 450 streams; peers know no orgs and get as many streams.
const LAYOUT = { connections: SESSIONS, streams: 3, slots: 3, claims: (connection) => ({ org: `org${Math.floor(connection / USERS_OF_AN_ORG)}` }) };
const PEER_LAYOUT = { connections: SESSIONS, streams: 450, slots: 3 };
// A heap that stays as small as what lives in it, or empty pages of a large young generation would be counted as sessions.
const HEAP = ['-XX:+UseSerialGC', '-Xms48m', '-Xmn16m', '-Xmx1g', '-XX:MinHeapFreeRatio=5', '-XX:MaxHeapFreeRatio=10'];
const LIMITS = { 17: 18, 25: 10 }; // KB

export const title = 'Idle: 15 000 authenticated sessions of 150 orgs with 3 subscriptions each';
export const short = false;

/** @param {import('../bench.mjs').Context} context */
export async function run({ peers, full, jdk25, log }) {
  const idleSeconds = full ? 30 : 26; // at least one heartbeat of each session
  const rows = [];
  const checks = [];
  for (const java of javas(jdk25)) {
    const env = { SLUICE_GATEWAY_ADMISSION_CONNECTS_PER_SECOND: '3000', SLUICE_GATEWAY_ADMISSION_CONNECT_BURST: '3000' };
    const one = await idle('sluice', LAYOUT, idleSeconds, { java, env, options: HEAP }, (pid) => collectGarbage(java, pid));
    log({ server: 'sluice', java: java.version, ...one });
    rows.push(row(`sluice, JDK ${java.version}`, one));
    const limit = LIMITS[java.version] ?? LIMITS[25];
    checks.push(
      { label: `RSS a session, JDK ${java.version}`, target: `≤ ${limit} KB`, measured: `${one.kbASession} KB`, met: one.kbASession <= limit },
      { label: `CPU of 1 000 sessions, JDK ${java.version}`, target: '< 1 % of a core', measured: `${one.cpuPercent} %`, met: one.cpuPercent < 1 });
  }
  for (const kind of peers.filter((peer) => full && peer !== 'vertx-sockjs')) {
    const one = await idle(kind, PEER_LAYOUT, idleSeconds);
    log({ server: kind, ...one });
    rows.push(row(kind, one));
  }
  return {
    columns: ['server', 'RSS KB a session', 'RSS MB', 'kernel MB (TCP buffers, slabs)', 'CPU of 1 000 sessions'], rows, checks,
    facts: { heap: HEAP.join(' ') },
    plot: { kind: 'bars', y: 'KB of RSS a session', points: rows.map(([server, kb]) => ({ series: 'RSS', x: server, y: kb })) },
  };
}

const row = (server, one) => [server, one.kbASession, one.rssMb, one.kernelMb, `${one.cpuPercent} %`];

async function idle(kind, layout, seconds, how, tidy = () => {}) {
  const server = await startServer(kind, layout, how);
  try {
    tidy(server.child.pid);
    const empty = server.usage();
    const reader = await Reader.open(server.door, layout);
    try {
      await sleep(3000);
      tidy(server.child.pid);
      const before = server.usage();
      await sleep(seconds * 1000);
      const after = server.usage();
      const { ready, closed } = await reader.tell('stats');
      if (ready !== layout.connections || closed > 0) throw new Error(`${ready} of ${layout.connections} sessions are left`);
      tidy(server.child.pid);
      const full = server.usage();
      return {
        kbASession: Number(((full.rssBytes - empty.rssBytes) / layout.connections / 1024).toFixed(1)), rssMb: Math.round(full.rssBytes / 1e6),
        kernelMb: Math.round((full.tcpBytes - empty.tcpBytes + full.slabBytes - empty.slabBytes) / 1e6),
        cpuPercent: Number((((after.cpuSeconds - before.cpuSeconds) / seconds / (layout.connections / 1000)) * 100).toFixed(2)),
      };
    } finally {
      await reader.close();
    }
  } finally {
    await server.stop();
  }
}

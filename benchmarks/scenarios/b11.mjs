// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, rmSync } from 'node:fs';
import { javas } from '../lib/jvm.mjs';
import { startServer } from '../lib/servers.mjs';

const LAYOUT = { connections: 1 };
const folder = new URL('../target/', import.meta.url).pathname;

export const title = 'Start: java -jar to ready (HTTP), single node, median';
export const short = true;

/** @param {import('../bench.mjs').Context} context */
export async function run({ full, jdk25, log }) {
  const rows = [];
  const checks = [];
  for (const java of javas(jdk25)) {
    const ways = [{ name: `JDK ${java.version}`, options: [], core: '0,1', limit: java.version < 25 ? 3 : undefined }];
    if (java.version >= 25) {
      ways.push({ name: `JDK ${java.version} with an AOT cache`, options: await aotCache(java), core: '0,1', limit: 1.5 });
    } else {
      ways.push({ name: `JDK ${java.version}, one core`, options: [], core: 1 });
    }
    for (const { name, options, core, limit } of ways) {
      const times = [];
      for (let i = 0; i < (full ? 7 : 3); i++) times.push(await startOnce(java, options, core));
      times.sort((a, b) => a - b);
      const median = times[Math.floor(times.length / 2)];
      log({ how: name, median_s: median.toFixed(2), best_s: times[0].toFixed(2), worst_s: times.at(-1).toFixed(2) });
      rows.push([name, median.toFixed(2), times[0].toFixed(2), times.at(-1).toFixed(2)]);
      if (limit) checks.push({ label: name, target: `< ${limit} s`, measured: `${median.toFixed(2)} s`, met: median < limit });
    }
  }
  return { columns: ['', 'median s', 'best s', 'worst s'], rows, checks,
    plot: { kind: 'bars', y: 'seconds to ready', points: rows.map(([name, median]) => ({ series: 'median', x: name, y: Number(median) })) } };
}

async function startOnce(java, options, core) {
  const began = performance.now();
  const server = await startServer('sluice', LAYOUT, { java, options, core, label: 'start' });
  const seconds = (performance.now() - began) / 1000;
  await server.stop();
  return seconds;
}

/** The cache is written when the trained process ends. */
async function aotCache(java) {
  mkdirSync(folder, { recursive: true });
  const path = `${folder}sluice.aot`;
  rmSync(path, { force: true });
  const server = await startServer('sluice', LAYOUT, { java, options: [`-XX:AOTCacheOutput=${path}`], core: '0,1', label: 'train' });
  await server.stop(60_000);
  return [`-XX:AOTCache=${path}`];
}

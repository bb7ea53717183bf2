// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const git = (...words) => execFileSync('git', words, { cwd: new URL('..', import.meta.url).pathname, encoding: 'utf8' }).trim();

/** What a result was measured on and of. */
export async function machine() {
  return {
    cpu: cpus()[0].model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    commit: git('rev-parse', '--short=12', 'HEAD'),
    // Without the page that the results are written into.
    changed: git('status', '--porcelain', '--untracked-files=no', '--', ':/', ':(top,exclude)docs/benchmarks') !== '',
    othersPercent: await othersPercent(),
    measuredAt: new Date().toISOString(),
  };
}

/** What others may use of the machine before a result counts as disturbed, in percent. */
export const QUIET_PERCENT = 10;

function busyAndAll() {
  const times = readFileSync('/proc/stat', 'utf8').split('\n')[0].split(/\s+/).slice(1, 9).map(Number);
  const all = times.reduce((a, b) => a + b);
  return [all - times[3] - times[4], all];
}

/** How busy the machine is in percent of all cores, to be asked while nothing of ours runs. */
export async function othersPercent(overMs = 1500) {
  const [busyBefore, allBefore] = busyAndAll();
  await sleep(overMs);
  const [busy, all] = busyAndAll();
  return Math.round((100 * (busy - busyBefore)) / (all - allBefore));
}

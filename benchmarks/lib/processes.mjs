// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { openSync, readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ticks a second of the times in /proc/PID/stat; 100 on every Linux. */
const TICKS = 100;

/** The cores: servers on one, whatever loads them on the other. */
export const SERVER_CORE = 1;
export const LOAD_CORE = 0;

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

/**
 * Starts a process on one core; it ends with this one.
 *
 * @param {number | string} core a core, or a list of them as taskset takes it
 * @param {string[]} command
 * @param {{ log?: string, env?: Record<string, string>, stdio?: any }} [options] log: a file for its output
 */
export function start(core, command, { log, env = {}, stdio } = {}) {
  const out = log ? openSync(log, 'w') : 'inherit';
  const child = spawn('taskset', ['-c', String(core), ...command], { stdio: stdio ?? ['ignore', out, out], env: { ...process.env, ...env } });
  child.on('error', (error) => console.error(`${command[0]}: ${error.message}`));
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Ends a process, kindly first. */
export async function stop(child, patienceMs = 10_000) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await gone;
  clearTimeout(timer);
}

/** Waits until something listens on a port of this machine, or the process is gone. */
export async function awaitPort(port, child, timeoutMs = 120_000) {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    if (child && child.exitCode !== null) throw new Error(`the server for port ${port} exited with ${child.exitCode}`);
    const open = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (open) return;
    await sleep(50);
  }
  throw new Error(`nothing listens on port ${port} after ${timeoutMs} ms`);
}

/** A process and all below it. */
function family(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => childrenOf(pid, task).split(' ').filter(Boolean).map(Number));
  return [pid, ...children.flatMap(family)];
}

function childrenOf(pid, task) {
  try {
    return readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return ''; // a thread that ended since
    throw error;
  }
}

/**
 * What a process and its children have used so far.
 *
 * @returns {{ cpuSeconds: number, userSeconds: number, rssBytes: number }}
 */
export function usage(pid) {
  const sum = { cpuSeconds: 0, userSeconds: 0, rssBytes: 0 };
  for (const one of family(pid)) {
    const stat = readFileSync(`/proc/${one}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    sum.userSeconds += Number(fields[11]) / TICKS;
    sum.cpuSeconds += (Number(fields[11]) + Number(fields[12])) / TICKS;
    sum.rssBytes += rssOf(one);
  }
  return sum;
}

function rssOf(pid) {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return line ? Number(line[1]) * 1024 : 0;
}

/** Memory of the kernel: buffers of TCP sockets, and all of its slabs. */
export function kernelMemory() {
  const pages = Number(/^TCP: .* mem (\d+)/m.exec(readFileSync('/proc/net/sockstat', 'utf8'))?.[1] ?? 0);
  const slab = Number(/^Slab:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0);
  return { tcpBytes: pages * 4096, slabBytes: slab * 1024 };
}

// SPDX-License-Identifier: Apache-2.0
import { execFile, execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { existsSync } from 'node:fs';
import { javaAt } from './servers.mjs';

/**
 * A heap that is there from the start, as a server has it: one that grows while it is measured is measured growing. Its young part is small: of 700 MB,
 * the survivors are copied to pages that nobody has touched for seconds, and a pause takes 75 to 140 ms instead of 2 to 3.
 */
export const HEAP = ['-Xms2g', '-Xmx2g', '-Xmn128m'];

/** The Java that the jar is for, and JDK 25 if there is one. */
export function javas(jdk25) {
  const here = javaAt();
  const newer = jdk25 && existsSync(`${jdk25}/bin/java`) ? javaAt(jdk25) : null;
  return newer && newer.version !== here.version ? [here, newer] : [here];
}

/** Collects the garbage of a JVM, twice, so that what remains is what is used. */
export function collectGarbage(java, pid) {
  const command = java.command.includes('/') ? `${dirname(java.command)}/jcmd` : 'jcmd';
  for (let i = 0; i < 2; i++) execFileSync(command, [String(pid), 'GC.run'], { stdio: 'ignore' });
}

const root = new URL('../..', import.meta.url).pathname;

/**
 * Publishes from a JVM that is a lite member, as fast as it is acknowledged; fails if an event failed or a stream is not dense.
 *
 * @param {Record<string, string>} env its membership
 * @param {{ warmSeconds: number, seconds: number, streams: number, window: number }} how
 */
export async function publishFromJvm(env, { warmSeconds, seconds, streams, window }) {
  const began = performance.now();
  const { stdout } = await promisify(execFile)(javaAt().command,
    ['-Xmx512m', '-cp', `${root}benchmarks/target/peers:${root}cli/target/sluice.jar`, 'JvmPublisher', ...[warmSeconds, seconds, streams, window].map(String)],
    { env: { PATH: process.env.PATH, ...env }, timeout: (warmSeconds + seconds + 120) * 1000 });
  const value = (name) => Number(new RegExp(`${name}=([\\d.]+)`).exec(stdout)?.[1] ?? NaN);
  const result = { acknowledged: value('acknowledged'), seconds: value('seconds'), allSeconds: (performance.now() - began) / 1000 };
  if (!(result.acknowledged > 0) || value('failed') !== 0 || value('holes') !== 0) throw new Error(`the JVM publisher: ${stdout}`);
  return result;
}

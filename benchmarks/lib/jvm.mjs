// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { existsSync } from 'node:fs';
import { javaAt } from './servers.mjs';

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

// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../results/', import.meta.url).pathname;

/**
 * What a scenario measured.
 * @typedef {{ label: string, target: string, measured: string, met: boolean }} Check a target, and whether it was reached
 * @typedef {{ columns: string[], rows: (string | number)[][], checks: Check[], plot?: object, facts?: object }} Outcome
 */

/** Saves an outcome with the machine it comes from. */
export function save(id, result) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${id}.json`, JSON.stringify(result, null, 2) + '\n');
}

/** The last result of a scenario, or null. */
export function load(id) {
  const path = `${folder}${id}.json`;
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

/** One line of key=value; what is no number or word is quoted. */
export function keyValue(fields) {
  return Object.entries(fields)
    .map(([key, value]) => `${key}=${/^[\w.:/+-]*$/.test(String(value)) ? value : JSON.stringify(String(value))}`)
    .join(' ');
}

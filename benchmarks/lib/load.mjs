// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOAD_CORE, start, stop } from './processes.mjs';

const native = new URL('../native/target/', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
let files = 0;

/** Writes lines to a file of this run and returns its path. */
export function linesFile(lines) {
  const path = join(folder, `lines-${files++}`);
  writeFileSync(path, lines.join('\n') + '\n');
  return path;
}

/** The reader: many WebSockets that count, check and time what arrives. */
export class Reader {
  #child;
  #answers;

  /**
   * Starts one; resolves when every connection is subscribed.
   *
   * @param {import('./servers.mjs').Door} door
   * @param {{ connections: number, slots?: number, extra?: string[], timeoutMs?: number }} layout
   */
  static async open(door, { connections, slots = 1, extra = [], timeoutMs = 120_000 }) {
    const reader = new Reader();
    const words = [`${native}reader`, '--port', door.port, '--connections', connections, '--slots', slots, ...door.reader, ...extra];
    reader.#child = start(LOAD_CORE, words.map(String), { stdio: ['pipe', 'pipe', 'inherit'] });
    reader.#answers = createInterface({ input: reader.#child.stdout })[Symbol.asyncIterator]();
    const first = await reader.#answer(timeoutMs);
    if (first.ready !== connections) {
      await reader.close();
      throw new Error(`${first.ready} of ${connections} connections are subscribed; ${first.closed} were closed (last with ${first.last_close}), ${first.errors} errors`);
    }
    return reader;
  }

  async #answer(timeoutMs = 30_000) {
    const line = await Promise.race([this.#answers.next(), sleep(timeoutMs, null, { ref: false })]);
    if (!line || line.done) throw new Error(line ? 'the reader ended' : 'the reader does not answer');
    return JSON.parse(line.value);
  }

  /** One command and its answer: stats, mark, stall A B, resume A B, drop A B, reconnect A B. */
  async tell(command) {
    this.#child.stdin.write(command + '\n');
    return this.#answer();
  }

  /**
   * Waits until so many events arrived since the last mark; gives up after a while without one. Returns the figures and begins anew.
   */
  async settle(events, patienceMs = 5_000) {
    let last = await this.tell('stats');
    let moved = Date.now();
    while (last.events < events && Date.now() - moved < patienceMs) {
      await sleep(100);
      const now = await this.tell('stats');
      if (now.events > last.events) moved = Date.now();
      last = now;
    }
    return this.tell('mark');
  }

  close() {
    return stop(this.#child);
  }
}

/** The number of the next event of each stream, per door: numbers go on over several publishes. */
const numbers = new WeakMap();

/**
 * Publishes by the clock; resolves when all is answered.
 *
 * @param {import('./servers.mjs').Door} door
 * @param {{ rate: number, seconds: number, streams?: number, slots?: number, size?: number, tickUs?: number, lanes?: number, extra?: string[] }} pace
 */
export async function publish(door, { rate, seconds, streams = 1, slots = 1, size = 256, tickUs = 20_000, lanes = 1, extra = [] }) {
  const first = numbers.get(door) ?? 1;
  const perStream = Math.max(1, Math.round((rate * seconds) / streams));
  numbers.set(door, first + perStream);
  const words = [`${native}publisher`, ...door.publisher, '--rate', rate, '--seconds', (perStream * streams) / rate, '--streams', streams,
    '--slots', slots, '--size', size, '--tick-us', tickUs, '--lanes', lanes, '--first', first, ...extra];
  const child = start(LOAD_CORE, words.map(String), { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (data) => (out += data));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the publisher exited with ${code}: ${out}`);
  return JSON.parse(out);
}

// SPDX-License-Identifier: Apache-2.0
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const JAR = process.env['SLUICE_JAR'] ?? fileURLToPath(new URL('../../cli/target/sluice.jar', import.meta.url));
const run = promisify(execFile);

/** A real gateway in a process of its own: `sluice demo` on a free port. */
export class Gateway {
  #process;
  /** @type {string} */
  origin = '';

  constructor() {
    if (!existsSync(JAR)) {
      throw new Error(`there is no ${JAR}: build it first (mvn -DskipTests package), or say where it is with SLUICE_JAR`);
    }
    const others = Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_'));
    const env = { ...Object.fromEntries(others), SLUICE_GATEWAY_PORT: '0', SLUICE_LOG_FORMAT: 'json' };
    this.#process = spawn('java', ['-jar', JAR, 'demo'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  }

  async start() {
    for await (const line of createInterface({ input: this.#process.stdout })) {
      const entry = line.startsWith('{') ? JSON.parse(line) : {};
      if (entry.event === 'ready') {
        this.origin = `http://127.0.0.1:${entry.port}`;
        this.#process.stdout.resume();
        return this;
      }
    }
    throw new Error('the gateway ended before it was ready');
  }

  async stop() {
    if (this.#process.exitCode === null) {
      const ended = new Promise((resolve) => this.#process.once('exit', resolve));
      this.#process.kill();
      await ended;
    }
  }

  /** @param {string} org @param {string} user @param {string} [ttl] */
  async token(org, user, ttl = '1h') {
    const { stdout } = await run('java', ['-jar', JAR, 'token', '--org', org, '--sub', user, '--ttl', ttl]);
    return stdout.trim();
  }

  /**
   * @param {string} token with the right to publish
   * @param {string} org @param {string} service @param {string[]} ids
   * @returns {Promise<number[]>} their positions
   */
  async publish(token, org, service, ids) {
    const events = ids.map((id) => ({ specversion: '1.0', id, source: '/test', type: 'test.happened', org, service }));
    const response = await fetch(`${this.origin}/v2/realtime/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(events),
    });
    const body = await response.text();
    if (!response.ok) {
      throw new Error(`publishing was answered ${response.status} ${body}`);
    }
    return JSON.parse(body).results.map((/** @type {{seq: number}} */ { seq }) => seq);
  }

  /** How many connections the gateway has, by its own word. @returns {Promise<number>} */
  async connections() {
    const response = await fetch(`${this.origin}/v2/realtime/metrics`);
    return (await response.json()).activeConnections;
  }
}

// SPDX-License-Identifier: Apache-2.0
import { createHmac } from 'node:crypto';
import { PATIENCE_MS } from './browser.mjs';

/** @typedef {{name: string, url: string, pid: number}} ClusterNode */

/** The real cluster that the environment tells of: `SLUICE_NODES`, and the `SLUICE_SECRET` of its tokens. */
export class Cluster {
  /** Those that run. @type {ClusterNode[]} */
  nodes = JSON.parse(String(process.env['SLUICE_NODES']));
  #secret = String(process.env['SLUICE_SECRET']);

  /** @param {string} org @param {string} user @param {number} [seconds] @param {string} [scope] */
  token(org, user, seconds = 3600, scope = 'realtime:read realtime:publish') {
    const encode = (/** @type {object} */ part) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const claims = { org, sub: user, scope, exp: Math.ceil(Date.now() / 1000) + seconds };
    const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
    return `${text}.${createHmac('sha256', this.#secret).update(text).digest('base64url')}`;
  }

  /**
   * Publishes to `finance`, by a node that runs; again, with the same ids, until it is acknowledged.
   *
   * @param {string} token @param {string} org @param {string[]} ids
   */
  async publish(token, org, ids) {
    const events = ids.map((id) => ({ specversion: '1.0', id, source: '/test', type: 'test.happened', org, service: 'finance' }));
    const init = {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(events),
    };
    const end = Date.now() + PATIENCE_MS;
    for (let turn = 0; ; turn++) {
      const answer = await fetch(new URL('v2/realtime/events', this.#node(turn).url), init).catch(String);
      if (typeof answer !== 'string' && answer.ok) {
        await answer.text();
        return;
      }
      const again = typeof answer === 'string' || answer.status === 503 || answer.status === 429;
      const said = typeof answer === 'string' ? answer : `${answer.status} ${await answer.text()}`;
      if (!again || Date.now() > end) {
        throw new Error(`publishing was answered ${said}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** How many connections it has, by its own word. */
  async connections() {
    const counts = await Promise.all(
      this.nodes.map(async ({ url }) => (await (await fetch(new URL('v2/realtime/metrics', url))).json()).activeConnections),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Changes the flags, on one node for all. @param {boolean} realtime */
  async realtime(realtime) {
    const answer = await fetch(new URL('v2/realtime/config', this.#node(0).url), {
      method: 'PUT',
      headers: { authorization: `Bearer ${this.token('ops', 'ops', 60, 'realtime:admin')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ realtime, rolloutPercent: 100, transports: ['websocket', 'sse', 'poll'] }),
    });
    if (!answer.ok) {
      throw new Error(`changing the flags was answered ${answer.status} ${await answer.text()}`);
    }
  }

  /** Kills a node with SIGKILL. @param {string} name */
  kill(name) {
    const node = this.nodes.find((one) => one.name === name);
    if (node === undefined) {
      throw new Error(`${name} does not run`);
    }
    process.kill(node.pid, 'SIGKILL');
    this.nodes = this.nodes.filter((one) => one !== node);
  }

  /** @param {number} turn */
  #node(turn) {
    return /** @type {ClusterNode} */ (this.nodes[turn % this.nodes.length]);
  }
}

// SPDX-License-Identifier: Apache-2.0
import { confirmed, get, make, rows, setText } from './dom.js';
import { clock, number } from './format.js';

/**
 * @typedef {import('./history.js').ClusterNode} ClusterNode
 * @typedef {{owner: string | null, backups: string[]}} Shard
 * @typedef {{at: number, asked: string, quorum: boolean, nodes: ClusterNode[], publishers: {address: string}[], shards: Shard[],
 *   changes: {at: number, kind: string, detail: string}[]}} Cluster
 */

const COLOURS = 6;
const CLASSES = ['', '', 'mono', 'number', 'number', 'number', 'number', 'number', '', 'actions'];

/** The nodes, the shards and what changed. */
export class ClusterView {
  #drain;
  /** In the order of their appearance, so that a node keeps its colour. @type {string[]} */
  #known = [];
  /** @type {Map<string, string>} */
  #names = new Map();

  /** @param {(id: string) => Promise<void>} drain */
  constructor(drain) {
    this.#drain = drain;
  }

  /** What an id is called. @param {string | null} id */
  name(id) {
    return id === null ? 'nobody' : (this.#names.get(id) ?? id.slice(0, 8));
  }

  /** @param {Cluster} cluster */
  show(cluster) {
    for (const { id, name, address } of cluster.nodes) {
      this.#names.set(id, name ?? this.#names.get(id) ?? address);
      if (!this.#known.includes(id)) {
        this.#known.push(id);
      }
    }
    const down = cluster.nodes.filter((node) => !node.answers || node.ready === false);
    const standing = cluster.quorum ? `${cluster.nodes.length} nodes, ${down.length === 0 ? 'all ready' : `${down.length} not ready`}` : 'No quorum';
    setText('pill', standing);
    get('pill', HTMLElement).dataset['state'] = !cluster.quorum ? 'bad' : down.length === 0 ? 'good' : 'unknown';
    rows('nodes', cluster.nodes, ({ id }) => id, (node) => this.#node(node, cluster));
    setText('publishers', cluster.publishers.length === 0 ? '' : `Publish only: ${cluster.publishers.map(({ address }) => address).join(', ')}`);
    this.#shards(cluster);
    get('changes', HTMLElement).replaceChildren(
      ...[...cluster.changes].reverse().map(({ at, kind, detail }) =>
        make('li', { 'data-kind': kind }, make('time', {}, clock(at)), make('b', {}, kind), detail)));
  }

  /**
   * @param {ClusterNode} node
   * @param {Cluster} cluster
   */
  #node({ id, address, answers, ready, reason, figures, breaker }, { asked, shards }) {
    const state = !answers ? 'does not answer' : ready ? 'ready' : `not ready: ${reason}`;
    const drain = make('button', { class: 'button', type: 'button', 'aria-label': `Drain ${this.name(id)}` }, 'Drain');
    drain.addEventListener('click', async () => {
      const text = 'Its sessions are sent to the other nodes, and it takes no more. Only a restart of the node takes that back.';
      if (await confirmed(`Drain ${this.name(id)}?`, text, 'Drain')) {
        await this.#drain(id);
      }
    });
    const told = (/** @type {number | undefined} */ value) => (value === undefined ? '–' : number(value));
    return {
      bad: !answers || ready === false,
      classes: CLASSES,
      cells: [
        `${this.name(id)}${id === asked ? ' (asked)' : ''}`,
        state,
        address,
        told(figures?.activeConnections),
        told(figures?.connectionPoolStats.streams),
        number(shards.filter(({ owner }) => owner === id).length),
        number(shards.filter(({ backups }) => backups.includes(id)).length),
        figures?.latencyMs['p99'] === undefined ? '–' : `${number(figures.latencyMs['p99'])} ms`,
        breaker ? `breaker ${breaker.replace('_', ' ')}` : '–',
        drain,
      ],
    };
  }

  /** @param {Cluster} cluster */
  #shards({ shards, nodes }) {
    get('shards', HTMLElement).replaceChildren(
      ...shards.map(({ owner, backups }, shard) => {
        const kept = backups.length === 0 ? 'no backup' : `backup on ${backups.map((id) => this.name(id)).join(', ')}`;
        const alone = nodes.length > 1 && backups.length === 0 ? ' is-alone' : '';
        return make('li', { class: `${this.#colour(owner)}${alone}`, title: `shard ${shard}: owned by ${this.name(owner)}, ${kept}` }, String(shard));
      }));
    get('shards-legend', HTMLElement).replaceChildren(
      ...nodes.map(({ id }) => make('li', { class: this.#colour(id) }, this.name(id))));
  }

  /** @param {string | null} id */
  #colour(id) {
    return id === null ? 'owner-none' : `owner-${this.#known.indexOf(id) % COLOURS}`;
  }
}

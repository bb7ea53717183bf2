// SPDX-License-Identifier: Apache-2.0

/**
 * @typedef {{activeConnections: number, eventsDelivered: number, eventsPublished: number, gaps: number,
 *   connectionPoolStats: {streams: number}, latencyMs: Record<string, number>, cluster?: {missingCopies?: number}}} Figures
 * @typedef {{id: string, address: string, answers: boolean, name?: string, ready?: boolean, reason?: string | null, figures?: Figures,
 *   bytesDelivered?: number, gapsByReason?: Record<string, number>, breaker?: string | null}} ClusterNode
 * @typedef {{at: number, delivered: number, published: number, bytes: number, p50: number, p99: number}} Point
 * @typedef {{at: number, delivered: number, published: number, bytes: number}} Counts
 */

/** So many points are kept: half an hour, at one every two seconds. */
export const KEPT = 900;

/** Rates of the cluster, made of the counters that its nodes tell. */
export class History {
  /** @type {Map<string, Counts>} */
  #before = new Map();
  /** The newest last. @type {Point[]} */
  points = [];

  /**
   * A node that did not answer, or that did not before, or that has begun anew counts nothing: its share is missing rather than wrong.
   *
   * @param {number} at epoch milliseconds
   * @param {ClusterNode[]} nodes
   * @returns {Point}
   */
  add(at, nodes) {
    const point = { at, delivered: 0, published: 0, bytes: 0, p50: 0, p99: 0 };
    /** @type {Map<string, Counts>} */
    const counts = new Map();
    for (const { id, figures, bytesDelivered = 0 } of nodes) {
      if (figures === undefined) {
        continue;
      }
      const now = { at, delivered: figures.eventsDelivered, published: figures.eventsPublished, bytes: bytesDelivered };
      counts.set(id, now);
      const before = this.#before.get(id);
      if (before !== undefined && at > before.at && now.delivered >= before.delivered && now.bytes >= before.bytes) {
        const seconds = (at - before.at) / 1000;
        point.delivered += (now.delivered - before.delivered) / seconds;
        point.published += Math.max(0, now.published - before.published) / seconds;
        point.bytes += (now.bytes - before.bytes) / seconds;
      }
      // Of several nodes the slowest: percentiles cannot be added.
      point.p50 = Math.max(point.p50, figures.latencyMs['p50'] ?? 0);
      point.p99 = Math.max(point.p99, figures.latencyMs['p99'] ?? 0);
    }
    this.#before = counts;
    this.points.push(point);
    if (this.points.length > KEPT) {
      this.points.shift();
    }
    return point;
  }
}

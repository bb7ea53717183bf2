// SPDX-License-Identifier: Apache-2.0
import { byId, setText } from './dom.js';
import { count, duration } from './format.js';

/** @typedef {import('../client/index.js').Metrics} Metrics */

/**
 * Shows what `client.metrics()` says, and where the connection is.
 *
 * @param {Metrics} metrics
 * @param {import('./stats.js').Stats} stats
 * @param {{welcome: {node?: string, session?: string, org?: string | null}, cursors: string}} place
 */
export function renderHealth(metrics, stats, { welcome, cursors }) {
  const connected = metrics.connectionState === 'connected';
  setText('count-events', count(stats.events));
  setText('count-replayed', count(stats.replayed));
  setText('count-duplicates', count(metrics.duplicatesDetected));
  setText('count-gaps', count(metrics.gaps));
  byId('duplicates').dataset.broken = String(metrics.duplicatesDetected > 0);
  byId('gaps').dataset.broken = String(metrics.gaps > 0);
  const measured = stats.events > stats.replayed;
  setText('latency-average', duration(measured ? metrics.avgLatencyMs : undefined));
  setText('latency-p95', duration(measured ? metrics.p95LatencyMs : undefined));
  setDetail('detail-node', connected ? welcome.node : undefined);
  setDetail('detail-transport', metrics.transport ?? undefined);
  setDetail('detail-leader', metrics.leader ? 'leader' : 'follower');
  setDetail('detail-uptime', connected ? uptime(metrics.connectionUptimeSeconds) : undefined);
  setDetail('detail-disconnects', count(metrics.totalDisconnects));
  setDetail('detail-attempts', count(metrics.reconnectAttempts));
  setDetail('detail-rate', metrics.eventRate.toFixed(1));
  setDetail('detail-org', welcome.org ?? undefined);
  setDetail('detail-session', connected ? welcome.session : undefined);
  setDetail('detail-cursor', cursors);
}

/** @param {number} seconds */
function uptime(seconds) {
  return seconds < 60 ? `${seconds} s` : duration(seconds * 1_000);
}

/**
 * @param {string} id
 * @param {string | undefined} text
 */
function setDetail(id, text) {
  setText(id, text || '–');
  byId(id).title = text ?? '';
}

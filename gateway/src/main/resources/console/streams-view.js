// SPDX-License-Identifier: Apache-2.0
import { rows } from './dom.js';
import { bytes, number } from './format.js';

/** @typedef {{org: string, service: string, head: string | null, eventsPerSecond: number, heldBytes: number, sessions: number}} StreamUse */

/** @param {StreamUse[]} streams the busiest first */
export function showStreams(streams) {
  rows('streams', streams, ({ org, service }) => `${service} ${org}`, (use) => ({
    classes: ['', '', 'mono', 'number', 'number', 'number'],
    cells: [use.org, use.service, use.head ?? '–', number(use.eventsPerSecond), bytes(use.heldBytes), number(use.sessions)],
  }));
}

// SPDX-License-Identifier: Apache-2.0
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * Listens for the publisher: one event a line, over plain TCP. That is cheaper for a peer than the HTTP by which Sluice and nchan get
 * theirs, so it is no disadvantage.
 *
 * @param {number} port on the loopback
 * @param {(line: string) => void} handle is called for each event
 */
export function listenForEvents(port, handle) {
  createServer((socket) => createInterface({ input: socket }).on('line', handle)).listen(port, '127.0.0.1');
}

/** @param {string} line an event @returns {string} the name of its stream */
export function streamOf(line) {
  const at = line.indexOf('"service":"') + 11;
  return line.slice(at, line.indexOf('"', at));
}

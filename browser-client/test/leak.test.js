// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventFrame, fakeWorld } from './support/fake-world.js';

const RECONNECTS = 10_000;
/** What the collector leaves behind differs by some hundred KiB from time to time; 10 000 of anything would be more. */
const TOLERANCE_BYTES = 1 << 20;

test('keeps its heap over ten thousand reconnects', { skip: typeof gc === 'undefined' && 'needs node --expose-gc' }, async () => {
  const world = fakeWorld({ marks: true });
  let received = 0;
  world.client.subscribe('finance', () => received++);
  const { time, sockets, changes } = world;
  const heap = () => {
    globalThis.gc?.();
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  let seq = 0;
  const reconnect = async () => {
    const socket = await world.welcome();
    socket.receive({ type: 'subscribed', service: 'finance', epoch: 'e1', seq, ...(seq > 0 ? { recovered: true } : {}) });
    socket.receive(eventFrame('finance', 'e1', ++seq));
    await time.advance(10_000);
    socket.drop(1006);
    await time.advance(2_000);
    // What the test itself keeps is not the client's.
    sockets.splice(0, sockets.length - 1);
    changes.length = 0;
  };
  for (let i = 0; i < 1_000; i++) {
    await reconnect();
  }
  const before = heap();
  for (let i = 0; i < RECONNECTS; i++) {
    await reconnect();
  }
  const grown = heap() - before;
  assert.equal(received, RECONNECTS + 1_000);
  assert.equal(world.client.metrics().totalDisconnects, RECONNECTS + 1_000);
  assert.ok(time.pending <= 4, `${time.pending} timers`);
  // The ids of the last minutes are kept by design; 300 s of one event every 12 s are 25.
  assert.ok(grown < TOLERANCE_BYTES, `the heap grew by ${grown} bytes`);
  console.log(`heap before=${before} grown=${grown}`);
});

// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventFrame, fakeWorld } from './support/fake-world.js';

const RECONNECTS = 10_000;
/** So many first, until code is compiled and tables have their size. */
const WARM_UP = 3_000;
/** What the collector leaves behind differs from time to time; 10 000 of anything would be more. */
const TOLERANCE_BYTES = 256 << 10;

test('keeps its heap over ten thousand reconnects', { skip: typeof gc === 'undefined' && 'needs node --expose-gc' }, async () => {
  const world = fakeWorld({ marks: true });
  let received = 0;
  world.client.subscribe('finance', () => received++);
  const { time, sockets, changes } = world;
  // What ended in this turn of the event loop is kept until the next one, so the least of several is what is held.
  const heap = async () => {
    let least = Infinity;
    for (let round = 0; round < 8; round++) {
      await new Promise((resolve) => setImmediate(resolve));
      globalThis.gc?.();
      least = Math.min(least, process.memoryUsage().heapUsed);
    }
    return least;
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
  for (let i = 0; i < WARM_UP; i++) {
    await reconnect();
  }
  const before = await heap();
  for (let i = 0; i < RECONNECTS; i++) {
    await reconnect();
  }
  const grown = (await heap()) - before;
  assert.equal(received, RECONNECTS + WARM_UP);
  assert.equal(world.client.metrics().totalDisconnects, RECONNECTS + WARM_UP);
  assert.ok(time.pending <= 4, `${time.pending} timers`);
  // The ids of the last minutes are kept by design; 300 s of one event every 12 s are 25.
  assert.ok(grown < TOLERANCE_BYTES, `the heap grew by ${grown} bytes`);
  console.log(`heap before=${before} grown=${grown}`);
});

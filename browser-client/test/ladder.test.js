// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROKEN } from '../src/close-codes.js';
import { STABLE_MS } from '../src/reconnect-policy.js';
import { TransportLadder } from '../src/transport/ladder.js';
import { settle } from './support/fake-time.js';
import { fakeWorld } from './support/fake-world.js';

const REFUSED = { code: BROKEN, unavailable: true };
const BROKE = { code: BROKEN };

/**
 * The transport after each ending.
 *
 * @param {[import('../src/transport/link.js').LinkEnding, number][]} endings with the milliseconds that the connection lived
 */
function after(...endings) {
  const ladder = new TransportLadder();
  return endings.map(([ending, livedMs]) => {
    ladder.ended(ending, livedMs, true);
    return ladder.current;
  });
}

test('steps down after two refusals, and from a lower one after each, until all had their turn', () => {
  assert.deepEqual(after([REFUSED, 0], [REFUSED, 0], [BROKE, 0], [BROKE, 0]), ['websocket', 'sse', 'poll', 'websocket']);
  assert.deepEqual(after([REFUSED, 0], [REFUSED, 0], [REFUSED, 0], [REFUSED, 0]), ['websocket', 'sse', 'poll', 'websocket']);
});

test('steps down after three connections cut short, on every step', () => {
  /** @type {[import('../src/transport/link.js').LinkEnding, number]} */
  const cut = [BROKE, 1];
  assert.deepEqual(after(cut, cut, cut, cut, cut, cut), ['websocket', 'websocket', 'sse', 'sse', 'sse', 'poll']);
});

test('forgets what was against a transport once a connection was stable', () => {
  assert.deepEqual(after([REFUSED, 0], [BROKE, STABLE_MS], [REFUSED, 0], [REFUSED, 0]), [
    'websocket',
    'websocket',
    'websocket',
    'sse',
  ]);
});

test('holds nothing against a transport that the server answered for, or that failed while the browser was offline', () => {
  const ladder = new TransportLadder();
  for (let i = 0; i < 10; i++) {
    ladder.ended({ code: 4006 }, 0, true);
    ladder.ended(REFUSED, 0, false);
    ladder.ended(BROKE, 1, false);
    assert.equal(ladder.current, 'websocket');
  }
});

test('tries WebSockets when the browser is online again, however often they were refused while it was not', async () => {
  let online = true;
  const world = fakeWorld({ environment: { online: () => online } });
  (await world.welcome()).drop(BROKEN);
  online = false;
  for (let i = 0; i < 5; i++) {
    await world.time.advance(world.time.nextInMs ?? NaN);
    world.socket.drop(BROKEN);
    await settle();
  }
  assert.equal(world.sockets.length, 6);
  online = true;
  world.window.dispatchEvent(new Event('online'));
  await world.time.advance(2_000);
  await world.welcome();
  assert.equal(world.sockets.length, 7);
  assert.equal(world.requests.length, 0, 'no other transport was tried');
  assert.equal(world.client.metrics().transport, 'websocket');
});

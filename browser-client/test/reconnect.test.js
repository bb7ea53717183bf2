// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenUnavailable } from '../src/index.js';
import { settle } from './support/fake-time.js';
import { fakeWorld, WELCOME } from './support/fake-world.js';

/** @param {number} code @param {Parameters<typeof fakeWorld>[0]} [options] */
async function lostWith(code, options) {
  const world = fakeWorld(options);
  const socket = await world.welcome();
  socket.drop(code);
  return world;
}

/** @param {ReturnType<typeof fakeWorld>} world */
async function refuseNext({ time, sockets }) {
  const before = sockets.length;
  const delay = time.nextInMs ?? NaN;
  await time.advance(delay);
  assert.equal(sockets.length, before + 1);
  /** @type {import('./support/fake-world.js').FakeSocket} */ (sockets[before]).open();
  /** @type {import('./support/fake-world.js').FakeSocket} */ (sockets[before]).drop(4006);
  return delay;
}

test('waits longer after each failure in a row, up to two minutes', async () => {
  const world = await lostWith(4006);
  const delays = [];
  for (let attempt = 0; attempt < 9; attempt++) {
    delays.push(await refuseNext(world));
  }
  assert.deepEqual(delays, [1_500, 2_500, 5_500, 10_000, 30_000, 60_000, 120_000, 120_000, 120_000]);
  assert.equal(world.client.metrics().reconnectAttempts, 9);
  assert.equal(world.client.metrics().totalDisconnects, 1);
});

test('begins the row anew after a stable connection only', async () => {
  const world = await lostWith(4006);
  await refuseNext(world);
  await refuseNext(world);
  await world.time.advance(5_500);
  const shaky = await world.welcome();
  await world.time.advance(9_000);
  shaky.drop(4006);
  assert.equal(world.time.nextInMs, 10_000);
  await world.time.advance(10_000);
  const stable = await world.welcome();
  await world.time.advance(10_000);
  stable.drop(4006);
  assert.equal(world.time.nextInMs, 1_500);
});

test('stays connected until its slot after goaway, then is back at once', async () => {
  const world = fakeWorld();
  const socket = await world.welcome();
  socket.receive({ type: 'goaway', reason: 'drain', reconnectAfterMs: 4_000, deadlineMs: 6_000 });
  await world.time.advance(3_999);
  assert.equal(world.client.state, 'connected');
  assert.equal(world.sockets.length, 1);
  await world.time.advance(1);
  assert.deepEqual(socket.closedByClient, { code: 1000 });
  assert.equal(world.sockets.length, 2);
  assert.equal(world.changes.at(-1)?.reason, 'goaway');
});

for (const code of [1001, 4005]) {
  test(`waits for the rest of its slot when closed with ${code} before it`, async () => {
    const world = fakeWorld();
    const socket = await world.welcome();
    socket.receive({ type: 'goaway', reason: 'drain', reconnectAfterMs: 4_000, deadlineMs: 6_000 });
    await world.time.advance(1_000);
    socket.drop(code);
    assert.equal(world.time.nextInMs, 3_000);
    await world.time.advance(2_999);
    assert.equal(world.sockets.length, 1);
    await world.time.advance(1);
    assert.equal(world.sockets.length, 2);
  });

  test(`takes the table after ${code} without a goaway`, async () => {
    const world = await lostWith(code);
    assert.equal(world.time.nextInMs, 1_500);
  });
}

test('gets another token at once when the token has ended, but not again and again', async () => {
  const world = await lostWith(4002);
  await world.time.advance(0);
  const again = await world.welcome();
  assert.equal(again.sent[0].token, 'token-2');
  again.drop(4002);
  assert.equal(world.time.nextInMs, 1_500);
});

test('waits as long as the last error said after too many messages', async () => {
  const world = fakeWorld();
  const socket = await world.welcome();
  socket.receive({ type: 'error', code: 'rate_limited', message: 'slow down', fatal: true, retryAfterMs: 20_000 });
  socket.drop(4003);
  assert.equal(world.time.nextInMs, 22_500);
  world.document.dispatchEvent(new Event('visibilitychange'));
  assert.equal(world.time.nextInMs, 22_500, 'what the server advised is not cut short');
});

test('waits longest after too many connections', async () => {
  const world = await lostWith(4004);
  assert.equal(world.time.nextInMs, 120_000);
});

for (const code of [4500, 4502, 4503, 4999]) {
  test(`stops after ${code}`, async () => {
    const world = await lostWith(code);
    assert.equal(world.client.state, 'stopped');
    await world.time.advance(600_000);
    assert.equal(world.sockets.length, 1);
    world.client.restart();
    await settle();
    assert.equal(world.sockets.length, 2);
  });
}

test('stops after 4501 until the application has a new token', async () => {
  const world = await lostWith(4501);
  assert.equal(world.client.state, 'stopped');
  world.client.setToken('fresh');
  const again = await world.welcome();
  assert.equal(again.sent[0].token, 'fresh');
  assert.equal(world.client.state, 'connected');
});

test('stops when there is no token to be had', async () => {
  const world = fakeWorld({
    getToken: () => {
      throw new TokenUnavailable();
    },
  });
  await settle();
  assert.deepEqual(world.changes.at(-1), { old: 'connecting', new: 'stopped', reason: 'token_needed' });
});

test('tries again when asking for a token fails', async () => {
  let asked = 0;
  const world = fakeWorld({
    getToken: () => (++asked === 1 ? Promise.reject(new Error('offline')) : 'token'),
  });
  await settle();
  assert.equal(world.client.state, 'reconnecting');
  await world.time.advance(1_500);
  await world.welcome();
  assert.equal(world.client.state, 'connected');
});

test('does not wait for ever for a token', async () => {
  const world = fakeWorld({ getToken: () => new Promise(() => {}) });
  await world.time.advance(30_000);
  assert.equal(world.client.state, 'reconnecting');
  assert.match(String(world.errors[0]), /took too long/);
});

test('gives up a socket that has been silent for two heartbeats', async () => {
  const world = fakeWorld();
  const socket = await world.welcome({ heartbeatMs: 10_000 });
  await world.time.advance(20_000);
  socket.receive({ type: 'heartbeat', serverTime: 0, heads: {} });
  await world.time.advance(24_999);
  assert.equal(world.client.state, 'connected');
  await world.time.advance(1);
  assert.equal(world.client.state, 'reconnecting');
  assert.deepEqual(socket.closedByClient, { code: 1000 });
});

test('gives up an attempt that is not welcomed in ten seconds', async () => {
  const world = fakeWorld();
  await settle();
  world.socket.open();
  await world.time.advance(10_000);
  assert.equal(world.client.state, 'reconnecting');
});

test('cuts a wait short when the network is back or somebody looks', async () => {
  for (const [target, type] of /** @type {const} */ ([
    ['window', 'online'],
    ['document', 'visibilitychange'],
    ['document', 'resume'],
  ])) {
    const world = await lostWith(4006);
    await refuseNext(world);
    await refuseNext(world);
    await refuseNext(world);
    await world.time.advance(500);
    world[target].dispatchEvent(new Event(type));
    assert.equal(world.time.nextInMs, 1_000, type);
    await world.time.advance(1_000);
    assert.equal(world.sockets.length, 5, type);
    world.client.close();
  }
});

test('asks whether anybody is there when the connection is in doubt', async () => {
  for (const answers of [true, false]) {
    const world = fakeWorld();
    const socket = await world.welcome();
    const before = socket.said('ping').length;
    world.window.dispatchEvent(new Event('offline'));
    assert.equal(socket.said('ping').length, before + 1);
    await world.time.advance(2_000);
    if (answers) {
      socket.receive({ type: 'pong', t: 1 });
    }
    await world.time.advance(3_000);
    assert.equal(world.client.state, answers ? 'connected' : 'reconnecting');
    world.client.close();
  }
});

test('closes its socket when the page goes into the cache and is back with the page', async () => {
  const world = fakeWorld();
  world.client.subscribe('finance', () => {});
  const socket = await world.welcome();
  socket.receive({ type: 'subscribed', service: 'finance', epoch: 'e1', seq: 5 });
  world.window.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: true }));
  assert.deepEqual(socket.closedByClient, { code: 1000 });
  await world.time.advance(3_600_000);
  assert.equal(world.sockets.length, 1);
  world.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  const again = await world.welcome();
  assert.deepEqual(again.sent[0].cursors, { finance: { epoch: 'e1', seq: 5 } });
});

test('does not listen to the page any more after close', async () => {
  const world = fakeWorld();
  await world.welcome();
  world.client.close();
  world.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  world.window.dispatchEvent(new Event('online'));
  await world.time.advance(10_000);
  assert.equal(world.sockets.length, 1);
});

test('renews the token before it ends, with one request in flight', async () => {
  /** @type {((token: string) => void)[]} */
  const answers = [];
  const world = fakeWorld({ getToken: () => new Promise((resolve) => answers.push(resolve)) });
  await settle();
  answers[0]?.('first');
  const socket = await world.welcome({ tokenExpiresAt: world.time.wallTime() + 600_000, heartbeatMs: 600_000 });
  // A minute and a twentieth before: the lead is spread by up to a tenth.
  await world.time.advance(536_999);
  assert.equal(answers.length, 1);
  await world.time.advance(1);
  socket.receive({ type: 'warning', code: 'token_expiring', tokenExpiresAt: 0 });
  await settle();
  assert.equal(answers.length, 2);
  answers[1]?.('second');
  await settle();
  assert.deepEqual(
    socket.said('refresh').map(({ token }) => token),
    ['second', 'second'],
  );
  assert.equal(world.client.state, 'connected');
});

test('goes on with another token of the same user, and connects anew with one of another', async () => {
  const world = fakeWorld();
  const socket = await world.welcome();
  world.client.setToken('other');
  assert.deepEqual(socket.said('refresh'), [{ type: 'refresh', token: 'other' }]);
  assert.equal(world.sockets.length, 1);
  socket.receive({ type: 'error', code: 'refresh_refused', message: 'another sub', fatal: false });
  const again = await world.welcome();
  assert.equal(world.sockets.length, 2);
  assert.equal(again.sent[0].token, 'other');
});

test('does not ask again for a service that the token no longer covers', async () => {
  const world = fakeWorld();
  world.client.subscribe('finance', () => {});
  world.client.subscribe('staff', () => {});
  const socket = await world.welcome();
  socket.receive({ type: 'warning', code: 'payload_unsubscribed', service: 'staff' });
  socket.drop(1006);
  await world.time.advance(1_500);
  const again = await world.welcome();
  assert.deepEqual(again.sent[0].services, ['finance']);
  world.client.setToken('broader');
  const broader = await world.welcome();
  assert.deepEqual(broader.sent[0].services, ['finance', 'staff']);
});

for (const [what, leave] of /** @type {[string, (socket: import('./support/fake-world.js').FakeSocket) => void][]} */ ([
  ['a loss', (socket) => socket.drop(1006)],
  ['a slot', (socket) => socket.receive({ type: 'goaway', reason: 'drain', reconnectAfterMs: 10, deadlineMs: 20 })],
])) {
  test(`obeys an application that closes it while it is told of ${what}`, async () => {
    const world = fakeWorld();
    const socket = await world.welcome();
    world.client.addEventListener('statechange', ({ detail }) => {
      if (detail.new === 'reconnecting') {
        world.client.close();
      }
    });
    leave(socket);
    await world.time.advance(600_000);
    assert.equal(world.client.state, 'stopped');
    assert.equal(world.sockets.length, 1);
    assert.equal(world.time.pending, 0);
  });
}

test('takes no word of a socket that it gave up', async () => {
  const world = fakeWorld();
  const socket = await world.welcome();
  world.client.restart();
  const again = await world.welcome();
  socket.receive({ ...WELCOME, serverTime: 0, tokenExpiresAt: 0 });
  socket.drop(4501);
  assert.equal(world.client.state, 'connected');
  assert.notEqual(again, socket);
});

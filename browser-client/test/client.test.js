// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '../src/index.js';
import { settle } from './support/fake-time.js';
import { event, eventFrame, fakeWorld, WELCOME } from './support/fake-world.js';

/** A world with one followed service, attached at e1:5. */
async function attached() {
  const world = fakeWorld();
  /** @type {string[]} */
  const seen = [];
  const unsubscribe = world.client.subscribe('finance', (_, { epoch, seq }) => seen.push(`${epoch}:${seq}`));
  const socket = await world.welcome();
  socket.receive({ type: 'subscribed', service: 'finance', epoch: 'e1', seq: 5 });
  return { ...world, world, socket, seen, unsubscribe };
}

test('shakes hands with the token and what is followed when the socket opens', async () => {
  const { client, socket, welcome } = await (async () => {
    const world = fakeWorld({ services: ['staff'], cursors: { staff: { epoch: 'e9', seq: 3 } } });
    world.client.subscribe('finance', () => {});
    return { client: world.client, socket: await world.welcome(), welcome: world.welcome };
  })();
  assert.equal(typeof welcome, 'function');
  assert.equal(socket.url, 'wss://rt.example.com/v2/realtime/stream');
  assert.equal(socket.protocols, 'sluice.v2');
  assert.deepEqual(socket.sent[0], {
    type: 'handshake',
    token: 'token-1',
    services: ['staff', 'finance'],
    cursors: { staff: { epoch: 'e9', seq: 3 }, finance: 'latest' },
    client: { name: '@sluice/client', version: '0.1.0' },
  });
  assert.equal(client.state, 'connected');
});

test('tells each change of state with the old one, the new one and the reason', async () => {
  const { socket, changes, client } = await attached();
  socket.drop(4001);
  client.close();
  assert.deepEqual(changes, [
    { old: 'stopped', new: 'connecting', reason: 'started' },
    { old: 'connecting', new: 'connected', reason: 'websocket' },
    { old: 'connected', new: 'reconnecting', reason: 'slow_consumer' },
    { old: 'reconnecting', new: 'stopped', reason: 'closed' },
  ]);
});

test('gives the events of a batch their own positions', async () => {
  const { socket, seen } = await attached();
  socket.receive(eventFrame('finance', 'e1', 8, 3));
  assert.deepEqual(seen, ['e1:6', 'e1:7', 'e1:8']);
});

test('drops what is at or below the cursor, and counts it', async () => {
  const { socket, seen, client, gaps } = await attached();
  socket.receive(eventFrame('finance', 'e1', 7, 4));
  socket.receive(eventFrame('finance', 'e1', 7, 1));
  assert.deepEqual(seen, ['e1:6', 'e1:7']);
  assert.equal(client.metrics().duplicatesDetected, 3);
  assert.deepEqual(gaps, []);
});

test('finds a hole that nobody announced', async () => {
  const { socket, seen, gaps } = await attached();
  socket.receive(eventFrame('finance', 'e1', 9, 2));
  assert.deepEqual(gaps, [{ service: 'finance', reason: 'skipped', epoch: 'e1', from: 6, to: 7 }]);
  assert.deepEqual(seen, ['e1:8', 'e1:9']);
});

test('tells an announced gap and goes on behind it', async () => {
  const { socket, seen, gaps, client } = await attached();
  socket.receive({ type: 'gap', service: 'finance', epoch: 'e1', from: 6, to: 8, reason: 'expired' });
  socket.receive(eventFrame('finance', 'e1', 9));
  assert.deepEqual(gaps, [{ service: 'finance', reason: 'expired', epoch: 'e1', from: 6, to: 8 }]);
  assert.deepEqual(seen, ['e1:9']);
  assert.equal(client.metrics().gaps, 1);
});

test('resumes from the cursor, and tells what could not be recovered', async () => {
  const { world, socket, time, gaps } = await attached();
  socket.receive(eventFrame('finance', 'e1', 7, 2));
  socket.drop(1006);
  await time.advance(2_000);
  const again = await world.welcome();
  assert.deepEqual(again.sent[0].cursors, { finance: { epoch: 'e1', seq: 7 } });
  again.receive({ type: 'subscribed', service: 'finance', epoch: 'e1', seq: 20, recovered: false, reason: 'expired', earliest: 15 });
  assert.deepEqual(gaps, [{ service: 'finance', reason: 'expired', epoch: 'e1', from: 8, to: 20 }]);
});

test('goes on without a gap when all could be recovered', async () => {
  const { world, socket, time, gaps, seen } = await attached();
  socket.receive(eventFrame('finance', 'e1', 7, 2));
  socket.drop(1006);
  await time.advance(2_000);
  const again = await world.welcome();
  again.receive({ type: 'subscribed', service: 'finance', epoch: 'e1', seq: 9, recovered: true, replayed: 2 });
  again.receive(eventFrame('finance', 'e1', 9, 2, { replay: true }));
  assert.deepEqual(gaps, []);
  assert.deepEqual(seen, ['e1:6', 'e1:7', 'e1:8', 'e1:9']);
});

test('tells repeated events of a new epoch by their ids', async () => {
  const { socket, seen, gaps, client } = await attached();
  socket.receive(eventFrame('finance', 'e1', 7, 2));
  socket.receive({ type: 'gap', service: 'finance', epoch: 'e2', from: 1, to: 0, reason: 'epoch_changed' });
  socket.receive({ ...eventFrame('finance', 'e2', 2, 2), events: [event('e1-7'), event('e1-8')] });
  assert.deepEqual(seen, ['e1:6', 'e1:7', 'e2:2']);
  assert.equal(client.metrics().duplicatesDetected, 1);
  assert.deepEqual(gaps, [{ service: 'finance', reason: 'epoch_changed', epoch: 'e2' }]);
});

test('believes an id that comes again within an epoch: the log says it is another event', async () => {
  const { socket, seen } = await attached();
  socket.receive({ ...eventFrame('finance', 'e1', 7, 2), events: [event('same'), event('same')] });
  assert.deepEqual(seen, ['e1:6', 'e1:7']);
});

test('asks once for a service that two follow, and leaves it with the last one', async () => {
  const { client, socket, seen, unsubscribe } = await attached();
  const other = client.subscribe('finance', () => {});
  await settle();
  assert.deepEqual(socket.said('subscribe'), []);
  unsubscribe();
  unsubscribe();
  await settle();
  assert.deepEqual(socket.said('unsubscribe'), []);
  other();
  await settle();
  assert.deepEqual(socket.said('unsubscribe'), [{ type: 'unsubscribe', services: ['finance'] }]);
  socket.receive(eventFrame('finance', 'e1', 6));
  assert.deepEqual(seen, []);
  assert.deepEqual(client.cursors(), {});
});

test('says changes of one turn together', async () => {
  const { client, socket } = await attached();
  client.subscribe('staff', () => {});
  client.subscribe('documents', () => {}, { from: 'earliest' });
  await settle();
  assert.deepEqual(socket.said('subscribe'), [
    { type: 'subscribe', services: ['staff', 'documents'], cursors: { staff: 'latest', documents: 'earliest' } },
  ]);
});

test('follows anew after the last one left in the same turn, and takes no event of the old subscription', async () => {
  const { client, socket, unsubscribe, gaps } = await attached();
  unsubscribe();
  /** @type {number[]} */
  const seen = [];
  client.subscribe('finance', (_, { seq }) => seen.push(seq));
  await settle();
  assert.deepEqual(
    socket.sent.slice(-2).map(({ type }) => type),
    ['unsubscribe', 'subscribe'],
  );
  socket.receive(eventFrame('finance', 'e1', 6));
  socket.receive({ type: 'subscribed', service: 'finance', epoch: 'e1', seq: 7 });
  socket.receive(eventFrame('finance', 'e1', 8));
  assert.deepEqual(seen, [8]);
  assert.deepEqual(gaps, []);
});

test('asks after the welcome for what was followed between handshake and welcome', async () => {
  const world = fakeWorld();
  await settle();
  world.socket.open();
  world.client.subscribe('finance', () => {});
  await settle();
  assert.deepEqual(world.socket.said('subscribe'), []);
  world.socket.receive({ ...WELCOME, serverTime: 0, tokenExpiresAt: 0 });
  await settle();
  assert.deepEqual(world.socket.said('subscribe').at(-1)?.services, ['finance']);
});

test('stops following when the signal says so', async () => {
  const { client, socket } = await attached();
  const abort = new AbortController();
  let count = 0;
  client.subscribe('staff', () => count++, { signal: abort.signal });
  await settle();
  socket.receive({ type: 'subscribed', service: 'staff', epoch: 's1', seq: 0 });
  socket.receive(eventFrame('staff', 's1', 1));
  abort.abort();
  await settle();
  socket.receive(eventFrame('staff', 's1', 2));
  assert.equal(count, 1);
  assert.deepEqual(socket.said('unsubscribe').at(-1).services, ['staff']);
});

test('survives handlers and listeners that throw, and reports them', async () => {
  const { client, socket, seen, errors } = await attached();
  client.subscribe('finance', () => {
    throw new Error('handler');
  });
  client.addEventListener('event', () => {
    throw new Error('listener');
  });
  socket.receive(eventFrame('finance', 'e1', 7, 2));
  assert.deepEqual(seen, ['e1:6', 'e1:7']);
  assert.deepEqual(
    errors.map(({ cause }) => /** @type {Error} */ (cause).message),
    ['handler', 'listener', 'handler', 'listener'],
  );
});

test('iterates over events until the loop is left', async () => {
  const { client, socket } = await attached();
  const ids = [];
  const events = client.events('finance');
  socket.receive(eventFrame('finance', 'e1', 8, 3));
  for await (const { id } of events) {
    ids.push(id);
    if (ids.length === 3) {
      break;
    }
  }
  assert.deepEqual(ids, ['e1-6', 'e1-7', 'e1-8']);
});

test('ends loops at the signal and at close', async () => {
  const { client } = await attached();
  const abort = new AbortController();
  const aborted = client.events('finance', { signal: abort.signal }).next();
  const closed = client.events('staff').next();
  abort.abort();
  client.close();
  assert.deepEqual(await aborted, { done: true, value: undefined });
  assert.deepEqual(await closed, { done: true, value: undefined });
  assert.deepEqual(await client.events('finance').next(), { done: true, value: undefined });
});

test('bounds what waits for a slow loop, and tells what was dropped', async () => {
  const { client, socket, gaps } = await attached();
  const events = client.events('finance', { limit: 3 });
  socket.receive(eventFrame('finance', 'e1', 10, 5));
  assert.deepEqual(gaps, [{ service: 'finance', reason: 'slow_consumer', epoch: 'e1', from: 6, to: 8 }]);
  assert.equal((await events.next()).value?.id, 'e1-9');
  assert.equal((await events.next()).value?.id, 'e1-10');
});

test('says when the position is known, so that state can be loaded without a hole', async () => {
  const world = fakeWorld();
  world.client.subscribe('finance', () => {});
  const ready = world.client.ready('finance');
  const socket = await world.welcome();
  socket.receive({ type: 'subscribed', service: 'finance', epoch: 'e1', seq: 5 });
  assert.deepEqual(await ready, { epoch: 'e1', seq: 5 });
  assert.deepEqual(await world.client.ready('finance'), { epoch: 'e1', seq: 5 });
  await assert.rejects(world.client.ready('nobody'), /not followed/);
});

test('is silent after close', async () => {
  const { client, socket, seen, time } = await attached();
  client.close();
  socket.receive(eventFrame('finance', 'e1', 6));
  socket.drop(1006);
  await time.advance(600_000);
  assert.deepEqual(seen, []);
  assert.equal(client.state, 'stopped');
  assert.equal(time.pending, 0);
  assert.deepEqual(socket.closedByClient, { code: 1000 });
});

test('delivers no more of a batch once a handler has closed the client', async () => {
  const { client, socket } = await attached();
  let count = 0;
  client.subscribe('finance', () => {
    count++;
    client.close();
  });
  socket.receive(eventFrame('finance', 'e1', 8, 3));
  assert.equal(count, 1);
});

test('reports frames that are none and passes over types that it does not know', async () => {
  const { socket, errors, client } = await attached();
  socket.onmessage?.(/** @type {never} */ ({ data: '{' }));
  socket.receive(null);
  socket.receive({ type: 'from-the-future' });
  assert.deepEqual(
    errors.map((error) => /** @type {import('../src/errors.js').SluiceError} */ (error).code),
    ['bad_frame', 'bad_frame'],
  );
  assert.equal(client.state, 'connected');
});

test('refuses options that make no sense, naming them', () => {
  assert.throws(() => createClient({ url: 'https://x/' }), /getToken/);
  assert.throws(() => createClient({ url: 'ftp://x/', token: 't' }), /'url'/);
  assert.throws(() => createClient({ url: 'https://x/', token: 't', services: ['Finance'] }), /'Finance'/);
  const { client } = fakeWorld();
  assert.throws(() => client.subscribe('a b', () => {}), TypeError);
  client.close();
});

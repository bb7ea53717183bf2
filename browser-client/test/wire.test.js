// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { WebSocket } from 'ws';
import { createClient } from '../src/index.js';
import { CONFIG_TIMEOUT_MS } from '../src/rollout-gate.js';
import { PROBE_MS } from '../src/watchdog.js';
import { FakeServer } from './support/fake-server.js';

/** @type {FakeServer} */
let server;
/** @type {import('../src/index.js').Client[]} */
let clients;

beforeEach(async () => {
  server = await new FakeServer().start();
  clients = [];
});

afterEach(async () => {
  clients.forEach((client) => client.close());
  await server.stop();
});

/** A client whose waits are a hundredth as long. @param {Partial<import('../src/index.js').ClientOptions>} [options] */
function connect(options = {}) {
  const client = createClient({
    url: server.url,
    token: 'secret-token',
    ...options,
    environment: {
      WebSocket: /** @type {import('../src/environment.js').WebSocketConstructor} */ (/** @type {unknown} */ (WebSocket)),
      // Not so where an answer is waited for: the machine may be busy.
      setTimeout: (task, ms) => setTimeout(task, ms === CONFIG_TIMEOUT_MS || ms === PROBE_MS ? ms : ms / 100),
      ...options.environment,
    },
  });
  clients.push(client);
  /** @type {number[]} */
  const seqs = [];
  /** @type {import('../src/index.js').Gap[]} */
  const gaps = [];
  client.subscribe('finance', (_, { seq }) => seqs.push(seq));
  client.addEventListener('gap', ({ detail }) => gaps.push(detail));
  return { client, seqs, gaps };
}

/** Waits for a condition, for as long as it takes on a busy machine. @param {() => boolean} condition @param {string} what */
async function until(condition, what) {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, `waited for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const range = (/** @type {number} */ from, /** @type {number} */ to) =>
  Array.from({ length: to - from + 1 }, (_, k) => from + k);

test('gets every event once over a WebSocket that is cut again and again', async () => {
  server.flags = { ...server.flags, transports: ['websocket'] };
  server.publish('finance', 3);
  const { client, seqs, gaps } = connect();
  await client.ready('finance');
  for (let round = 0; round < 5; round++) {
    server.publish('finance', 120);
    server.cut();
    server.publish('finance', 30);
    await until(() => seqs.length === 150 * (round + 1), `round ${round}`);
  }
  assert.deepEqual(seqs, range(4, 753));
  assert.deepEqual(gaps, []);
  assert.equal(client.metrics().transport, 'websocket');
  assert.equal(client.metrics().totalDisconnects, 5);
});

test('falls back to server-sent events where WebSockets are blocked, and comes back up', async () => {
  server.blockWebSockets = true;
  const { client, seqs, gaps } = connect();
  await until(() => client.state === 'connected', 'the fallback');
  await client.ready('finance');
  assert.equal(client.metrics().transport, 'sse');
  server.publish('finance', 250);
  await until(() => seqs.length === 250, 'events over SSE');
  server.blockWebSockets = false;
  await until(() => client.metrics().transport === 'websocket', 'the way up');
  server.publish('finance', 10);
  await until(() => seqs.length === 260, 'events over WebSocket');
  assert.deepEqual(seqs, range(1, 260));
  assert.deepEqual(gaps, []);
  assert.ok(server.requests.includes('GET /v2/realtime/sse Bearer secret-token'));
});

for (const status of [403, 404, 502]) {
  test(`polls where neither gets through, and the stream is answered ${status}`, { timeout: 20_000 }, () => pollsWhereNeitherGetsThrough(status));
}

/** @param {number} status */
async function pollsWhereNeitherGetsThrough(status) {
  server.blockWebSockets = true;
  server.refuse['/v2/realtime/sse'] = { status };
  server.publish('finance', 7);
  const { client, seqs, gaps } = connect();
  await client.ready('finance');
  assert.equal(client.metrics().transport, 'poll');
  server.publish('finance', 205);
  await until(() => seqs.length === 205, 'events over polls');
  client.subscribe('staff', () => {}, { from: 'earliest' });
  assert.deepEqual(await client.ready('staff'), { epoch: 'e1', seq: 0 });
  server.publish('finance', 1);
  await until(() => seqs.length === 206, 'one more');
  assert.deepEqual(seqs, range(8, 213));
  assert.deepEqual(gaps, []);
}

test('works without WebSockets in the environment', async () => {
  const { client, seqs } = connect({ environment: { WebSocket: undefined } });
  await client.ready('finance');
  server.publish('finance', 1);
  await until(() => seqs.length === 1, 'an event');
  assert.equal(client.metrics().transport, 'sse');
});

test('rolls back to polling at once when told, and back up, losing nothing', async () => {
  const { client, seqs, gaps } = connect();
  await client.ready('finance');
  server.flags = { ...server.flags, realtime: false };
  server.tell({ type: 'flags', ...server.flags });
  server.publish('finance', 5);
  await until(() => client.metrics().transport === 'poll', 'the roll-back');
  server.publish('finance', 5);
  await until(() => seqs.length === 10, 'events over polls');
  server.flags = { ...server.flags, realtime: true };
  server.publish('finance', 5);
  await until(() => client.metrics().transport === 'websocket', 'the way back up');
  server.publish('finance', 5);
  await until(() => seqs.length === 20, 'all events');
  assert.deepEqual(seqs, range(1, 20));
  assert.deepEqual(gaps, []);
});

test('polls from the start when the user is not in the rollout', async () => {
  server.flags = { ...server.flags, rolloutPercent: 0 };
  const { client } = connect();
  await client.ready('finance');
  assert.equal(client.metrics().transport, 'poll');
  assert.equal(server.requests.filter((request) => request.startsWith('WS')).length, 0);
});

test('obeys the transports that the flags name', async () => {
  server.flags = { ...server.flags, transports: ['sse'] };
  const { client } = connect();
  await client.ready('finance');
  assert.equal(client.metrics().transport, 'sse');
});

test('asks for more services on the fallbacks, too', async () => {
  server.flags = { ...server.flags, transports: ['sse'] };
  const { client, seqs } = connect();
  await client.ready('finance');
  let staff = 0;
  const unsubscribe = client.subscribe('staff', () => staff++);
  await client.ready('staff');
  server.publish('staff', 2);
  server.publish('finance', 2);
  await until(() => staff === 2 && seqs.length === 2, 'both');
  unsubscribe();
  await until(() => server.requests.filter((request) => request.includes('/sse')).length === 3, 'the stream without staff');
});

test('connects by a fallback before anything is followed', async () => {
  server.flags = { ...server.flags, transports: ['poll'] };
  const client = createClient({ url: server.url, token: 'secret-token' });
  clients.push(client);
  await until(() => client.state === 'connected', 'a connection');
  client.subscribe('finance', () => {});
  await client.ready('finance');
});

test('understands a refusal by the close code in it, else by its status', async () => {
  for (const [answer, state] of /** @type {const} */ ([
    [{ status: 401, body: { closeCode: 4501 } }, 'stopped'],
    [{ status: 403, body: { closeCode: 4502 } }, 'stopped'],
    [{ status: 403 }, 'reconnecting'],
    [{ status: 503, headers: { 'retry-after': '1' } }, 'reconnecting'],
    [{ status: 429, body: { closeCode: 4004 } }, 'reconnecting'],
    [{ status: 500 }, 'reconnecting'],
  ])) {
    server.flags = { ...server.flags, transports: ['poll'] };
    server.refuse['/v2/realtime/poll'] = answer;
    const { client } = connect();
    await until(() => client.state !== 'connecting', `an end after ${answer.status}`);
    assert.equal(client.state, state, String(answer.status));
    client.close();
  }
});

test('connects though the flags cannot be had', async () => {
  server.refuse['/v2/realtime/config'] = { status: 500 };
  const { client } = connect();
  await client.ready('finance');
  assert.equal(client.metrics().transport, 'websocket');
});

for (const transport of /** @type {const} */ (['sse', 'poll'])) {
  test(`asks anew by ${transport} with another token, and when the connection is in doubt, and loses nothing`, async () => {
    const window = new EventTarget();
    server.flags = { ...server.flags, transports: [transport] };
    const { client, seqs, gaps } = connect({ environment: { window } });
    await client.ready('finance');
    const asked = (/** @type {string} */ token) =>
      server.requests.filter((line) => line === `GET /v2/realtime/${transport} Bearer ${token}`).length;
    client.setToken('another-token');
    server.publish('finance', 1);
    await until(() => asked('another-token') >= 1 && seqs.length === 1, 'a request with the other token');
    // What answers the first event is followed by a poll that waits.
    await until(() => transport === 'sse' || asked('another-token') + asked('secret-token') >= 3, 'a poll that waits');
    const before = asked('another-token');
    window.dispatchEvent(new Event('offline'));
    await until(() => asked('another-token') > before, 'a sign of life asked for');
    server.publish('finance', 2);
    await until(() => seqs.length === 3, 'all events');
    assert.deepEqual(seqs, [1, 2, 3]);
    assert.deepEqual(gaps, []);
    assert.equal(client.metrics().totalDisconnects, 0);
  });
}

// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventFrame, fakeWorld } from './support/fake-world.js';

test('measures itself under the names that dashboards know', async () => {
  const world = fakeWorld({ exposeMetrics: true });
  world.client.subscribe('finance', () => {});
  const { time } = world;
  assert.equal(world.client.metrics().transport, null);
  // The server's clock is an hour ahead; a frame takes 10 ms, a round trip 20.
  const hour = 3_600_000;
  const server = () => time.wallTime() + hour;
  const socket = await world.welcome({ serverTime: server() - 10 });
  socket.receive({ type: 'pong', t: time.wallTime() - 20 });
  socket.receive({ type: 'subscribed', service: 'finance', epoch: 'e1', seq: 0 });
  for (let seq = 1; seq <= 20; seq++) {
    socket.receive(eventFrame('finance', 'e1', seq, 1, { timestamp: server() - seq }));
  }
  socket.receive(eventFrame('finance', 'e1', 20, 1, { timestamp: server() }));
  socket.receive(eventFrame('finance', 'e1', 29, 5, { timestamp: server() - 60_000, replay: true }));
  assert.ok(Math.abs(world.client.clockOffsetMs - hour) <= 20, String(world.client.clockOffsetMs));
  await time.advance(12_500);
  socket.drop(1006);
  await time.advance(1_500);
  await world.welcome();
  await time.advance(2_000);

  const { __realtimeMetrics: exposed } = /** @type {{__realtimeMetrics?: () => unknown}} */ (
    /** @type {unknown} */ (world.window)
  );
  assert.deepEqual(exposed?.(), world.client.metrics());
  const { avgLatencyMs, p95LatencyMs, ...others } = world.client.metrics();
  assert.deepEqual(others, {
    connectionState: 'connected',
    eventsReceived: 25,
    duplicatesDetected: 1,
    totalDisconnects: 1,
    reconnectAttempts: 1,
    connectionUptimeSeconds: 2,
    eventRate: 0,
    gaps: 1,
    transport: 'websocket',
    leader: true,
  });
  // Off by no more than the half of a round trip that one frame's way takes.
  assert.ok(Math.abs(avgLatencyMs - 10.5) <= 20, String(avgLatencyMs));
  assert.ok(p95LatencyMs >= 19 && p95LatencyMs <= 39, String(p95LatencyMs));
});

test('exposes nothing unless asked to', async () => {
  const world = fakeWorld();
  await world.welcome();
  assert.equal('__realtimeMetrics' in world.window, false);
  world.client.close();
});

test('marks each change of state for a PerformanceObserver, keeping the last of each', async () => {
  const world = fakeWorld({ marks: true });
  (await world.welcome()).drop(1006);
  await world.time.advance(1_500);
  await world.welcome();
  assert.equal(performance.getEntriesByName('sluice:connected').length, 1);
  assert.equal(performance.getEntriesByName('sluice:reconnecting').length, 1);
  world.client.close();
});

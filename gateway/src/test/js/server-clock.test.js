// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServerClock } from '../../main/resources/web/server-clock.js';

/** A server whose clock is an hour behind, seen over a link of the given one-way delay, by a clock that the test moves. */
function clockOverLink(oneWayMs) {
  const world = { now: 5_000_000 };
  const serverNow = () => world.now - 3_600_000;
  const clock = new ServerClock(() => world.now);
  const stamp = serverNow();
  world.now += oneWayMs;
  clock.sample(stamp);
  return { world, serverNow, clock };
}

test('shouldMeasureALatencyWhateverTheClocksSay', () => {
  const { world, serverNow, clock } = clockOverLink(4);
  clock.pong(world.now - 8);
  const published = serverNow();
  world.now += 25;
  assert.equal(clock.since(published), 25);
});

test('shouldTrustTheSampleThatTravelledFastest', () => {
  const { world, serverNow, clock } = clockOverLink(80);
  const quick = serverNow();
  world.now += 1;
  clock.sample(quick);
  clock.sample(quick - 60_000);
  clock.pong(world.now - 2);
  const published = serverNow();
  world.now += 10;
  assert.equal(clock.since(published), 10);
});

test('shouldKeepTheFastestRoundTrip', () => {
  const { world, clock } = clockOverLink(1);
  assert.equal(clock.roundTrip, undefined);
  clock.pong(world.now - 9);
  clock.pong(world.now - 3);
  clock.pong(world.now - 20);
  assert.equal(clock.roundTrip, 3);
});

test('shouldForgetAllWhenReset', () => {
  const { world, clock } = clockOverLink(1);
  clock.pong(world.now - 3);
  clock.reset();
  assert.equal(clock.roundTrip, undefined);
  clock.sample(world.now);
  assert.equal(clock.since(world.now - 7), 7);
});

test('shouldNeverBeNegative', () => {
  const { world, clock } = clockOverLink(1);
  assert.equal(clock.since(world.now), 0);
});

// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History, KEPT } from '../../main/resources/console/history.js';

const node = (id, eventsDelivered, p99 = 1) => ({
  id,
  address: id,
  answers: true,
  bytesDelivered: eventsDelivered * 100,
  figures: { eventsDelivered, eventsPublished: 0, activeConnections: 0, gaps: 0, connectionPoolStats: { streams: 0 }, latencyMs: { p50: 0.5, p99 } },
});
const silent = (id) => ({ id, address: id, answers: false });

test('shouldMakeRatesOfTheCountersOfAllNodes', () => {
  const history = new History();
  assert.equal(history.add(0, [node('a', 1000), node('b', 0)]).delivered, 0, 'of one look there is no rate');
  const point = history.add(2000, [node('a', 1200, 7), node('b', 20, 3)]);
  assert.equal(point.delivered, 110);
  assert.equal(point.bytes, 11_000);
  assert.equal(point.p99, 7, 'the slowest');
});

test('shouldCountNothingOfANodeThatWasSilentOrBeganAnew', () => {
  const history = new History();
  history.add(0, [node('a', 1000), node('b', 5000)]);
  history.add(1000, [node('a', 1010), silent('b')]);
  assert.equal(history.add(2000, [node('a', 1020), node('b', 9000)]).delivered, 10, 'b was not there a second ago');
  assert.equal(history.add(3000, [node('a', 1030), node('b', 3)]).delivered, 10, 'b has begun anew');
  assert.equal(history.add(4000, [node('a', 1030), node('b', 4)]).delivered, 1);
});

test('shouldKeepSoManyPointsAndNoMore', () => {
  const history = new History();
  for (let i = 0; i < KEPT + 5; i++) {
    history.add(i * 1000, [node('a', i)]);
  }
  assert.equal(history.points.length, KEPT);
  assert.equal(history.points[0].at, 5000);
});

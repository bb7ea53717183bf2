// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration, money, plural } from '../../main/resources/web/format.js';
import { Outage } from '../../main/resources/web/outage.js';
import { randomRevenue } from '../../main/resources/web/revenue.js';
import { Stats } from '../../main/resources/web/stats.js';

test('shouldLeaveReplaysOutOfTheLatencies', () => {
  const stats = new Stats();
  stats.live(2);
  stats.replay(9_000);
  stats.live(4);
  assert.equal(stats.percentile(0.99), 4);
  assert.equal(stats.percentile(0.5), 2);
  assert.deepEqual([stats.events, stats.replayed], [3, 1]);
});

test('shouldHaveNoPercentileWhenNothingHasCome', () => {
  assert.equal(new Stats().percentile(0.5), undefined);
});

test('shouldStayBoundedWhateverArrives', () => {
  const stats = new Stats();
  for (let i = 0; i < 10_000; i++) {
    stats.live(i);
  }
  assert.ok(stats.bars.length <= 400);
  assert.equal(stats.bars.at(-1)?.ms, 9_999);
  assert.ok(Number(stats.percentile(0)) >= 9_800, 'only the latest count');
});

test('shouldAccountForAnOutageUntilAllIsReplayed', () => {
  const outage = new Outage(performance.now());
  outage.published(3);
  assert.equal(outage.waiting, 3);
  outage.back();
  outage.resumed(5);
  assert.equal(outage.waiting, 5, 'the server knows better: others publish, too');
  outage.replayed(5);
  assert.equal(outage.waiting, 0);
  outage.published(1);
  assert.equal(outage.publishedMeanwhile, 3, 'what is published later is not missed');
});

test('shouldStayUnrecoveredWhenOneOfTwoStreamsIs', () => {
  const outage = new Outage(0);
  outage.unrecovered();
  outage.resumed(2);
  assert.equal(outage.phase, 'unrecovered');
  assert.equal(outage.waiting, 0);
});

test('shouldBookPlausibleRevenues', () => {
  for (const random of [() => 0, () => 0.5, () => 0.999_999]) {
    const { amount, currency, customer } = randomRevenue(random);
    assert.match(amount, /^\d{2,5}\.\d{2}$/);
    assert.match(currency, /^[A-Z]{3}$/);
    assert.ok(customer.length > 0);
  }
});

test('shouldWriteNumbersForPeople', () => {
  assert.deepEqual(
    [undefined, 0.4, 12.4, 1_234, 180_000].map(duration),
    ['–', '<1 ms', '12 ms', '1.2 s', '3 min'],
  );
  assert.deepEqual([plural(1, 'event'), plural(1_200, 'event')], ['1 event', '1,200 events']);
  assert.equal(money('1234.50', 'EUR'), '€1,234.50');
  assert.equal(money('12', 'no currency'), '12 no currency');
});

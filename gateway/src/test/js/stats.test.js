// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration, money, plural } from '../../main/resources/web/format.js';
import { Outage } from '../../main/resources/web/outage.js';
import { eventText } from '../../main/resources/web/event-text.js';
import { sampleEvent } from '../../main/resources/web/samples.js';
import { Stats } from '../../main/resources/web/stats.js';

test('shouldCountReplaysAmongTheEvents', () => {
  const stats = new Stats();
  stats.live(2);
  stats.replay(9_000);
  stats.gap();
  assert.deepEqual([stats.events, stats.replayed], [2, 1]);
  assert.deepEqual(stats.bars.map(({ kind }) => kind), ['live', 'replay', 'gap']);
});

test('shouldStayBoundedWhateverArrives', () => {
  const stats = new Stats();
  for (let i = 0; i < 10_000; i++) {
    stats.live(i);
  }
  assert.ok(stats.bars.length <= 400);
  assert.equal(stats.bars.at(-1)?.ms, 9_999);
});

test('shouldAccountForAnOutageUntilAllIsReplayed', () => {
  const outage = new Outage(1_000);
  outage.published(3);
  assert.equal(outage.waiting, 3);
  outage.back(3_500);
  assert.equal(outage.awayMs, 2_500);
  assert.equal(outage.resumed('finance', 5), true);
  assert.equal(outage.resumed('finance', 5), false, 'said again, by a long poll');
  assert.equal(outage.waiting, 5, 'the server knows better: others publish, too');
  outage.replayed(5);
  assert.equal(outage.waiting, 0);
  outage.published(1);
  assert.equal(outage.publishedMeanwhile, 3, 'what is published later is not missed');
});

test('shouldStayUnrecoveredWhenOneOfTwoStreamsIs', () => {
  const outage = new Outage(0);
  outage.unrecovered();
  outage.resumed('staff', 2);
  assert.equal(outage.phase, 'unrecovered');
  assert.equal(outage.waiting, 0);
});

test('shouldMakeEventsOfEveryService', () => {
  for (const random of [() => 0, () => 0.5, () => 0.999_999]) {
    for (const service of ['finance', 'staff', 'documents', 'something-else']) {
      const event = sampleEvent(service, { org: '42', id: '1', time: '2026-01-01T00:00:00Z', random });
      assert.deepEqual([event.org, event.service, event.specversion], ['42', service, '1.0']);
      assert.ok(event.type.startsWith(`${service}.`));
      const { title, value } = eventText(event);
      assert.ok(title.length > 3 && !title.includes('undefined'), title);
      assert.ok(!/undefined|NaN/.test(value), value);
    }
  }
});

test('shouldShowWhateverStrangersPublish', () => {
  assert.deepEqual(eventText({ id: 7, type: 'x', data: [null] }), { title: '7', detail: 'x', value: '' });
  assert.equal(eventText({ id: '1', type: 'x', data: { amount: 'much', currency: {} } }).value, 'much [object Object]');
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

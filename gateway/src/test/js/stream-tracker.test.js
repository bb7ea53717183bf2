// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StreamTracker } from '../../main/resources/web/stream-tracker.js';

/** A frame of consecutive events that ends at seq. */
function frame(epoch, seq, size) {
  return { service: 'finance', epoch, seq, events: Array.from({ length: size }, (_, k) => `event ${k}`), timestamp: 0 };
}

function trackerAt(epoch, seq) {
  const tracker = new StreamTracker();
  tracker.subscribed({ service: 'finance', epoch, seq });
  return tracker;
}

test('shouldNumberTheKthOfNAsSeqMinusNPlusK', () => {
  const { fresh } = trackerAt('e1', 4).accept(frame('e1', 7, 3));
  assert.deepEqual(
    fresh.map(({ seq }) => seq),
    [5, 6, 7],
  );
});

for (const [name, last, seq, size, freshSeqs, duplicates, hole] of [
  ['the next one', 4, 5, 1, [5], 0, false],
  ['the same again', 4, 4, 1, [], 1, false],
  ['a batch seen in part', 4, 6, 4, [5, 6], 2, false],
  ['a batch seen altogether', 4, 3, 3, [], 3, false],
  ['one that leaves one out', 4, 6, 1, [6], 0, true],
  ['the first of a stream', 0, 1, 1, [1], 0, false],
]) {
  test(`shouldKeepOrderWhenGiven: ${name}`, () => {
    const tracker = trackerAt('e1', last);
    const taken = tracker.accept(frame('e1', seq, size));
    assert.deepEqual(
      taken.fresh.map((numbered) => numbered.seq),
      freshSeqs,
    );
    assert.equal(taken.duplicates, duplicates);
    assert.equal(taken.hole, hole);
    assert.deepEqual(tracker.cursor, { epoch: 'e1', seq: Math.max(last, seq) });
  });
}

test('shouldTellOfAHoleWhenTheEpochChangesWithoutAGap', () => {
  const tracker = trackerAt('e1', 40);
  const { fresh, hole } = tracker.accept(frame('e2', 2, 2));
  assert.equal(hole, true);
  assert.equal(fresh.length, 2);
  assert.deepEqual(tracker.cursor, { epoch: 'e2', seq: 2 });
});

test('shouldGoOnBehindAnAnnouncedGapWhenItNamesANewEpoch', () => {
  const tracker = trackerAt('e1', 40);
  tracker.gap({ service: 'finance', epoch: 'e2', from: 1, to: 5, reason: 'epoch_changed' });
  assert.equal(tracker.accept(frame('e2', 6, 1)).hole, false);
});

test('shouldKeepItsCursorWhenTheStreamIsRecovered', () => {
  const tracker = trackerAt('e1', 40);
  const missed = tracker.subscribed({ service: 'finance', epoch: 'e1', seq: 52, recovered: true });
  assert.equal(missed, 12);
  assert.deepEqual(tracker.cursor, { epoch: 'e1', seq: 40 });
  assert.equal(tracker.accept(frame('e1', 41, 1)).hole, false);
});

test('shouldStartAtTheHeadWhenTheStreamIsNotRecovered', () => {
  const tracker = trackerAt('e1', 40);
  const missed = tracker.subscribed({
    service: 'finance',
    epoch: 'e2',
    seq: 3,
    recovered: false,
    reason: 'epoch_changed',
  });
  assert.equal(missed, 0);
  assert.deepEqual(tracker.cursor, { epoch: 'e2', seq: 3 });
});

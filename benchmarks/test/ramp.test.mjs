// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ramp } from '../lib/ramp.mjs';

const upTo = (limit) => async (rate) => ({ good: rate <= limit });

test('should find the limit within a few percent when it lies between two doublings', async () => {
  const { best } = await ramp(upTo(300), { from: 25, to: 12_800, bisections: 4 });
  assert.ok(best.rate <= 300 && best.rate > 285, `found ${best.rate}`);
});

test('should look below the first rate when even that is too much', async () => {
  const { best } = await ramp(upTo(10), { from: 25, to: 100, bisections: 4 });
  assert.ok(best.rate <= 10 && best.rate >= 9, `found ${best.rate}`);
});

test('should end at the highest rate that may be tried when all are good', async () => {
  const { best, attempts } = await ramp(upTo(1e9), { from: 25, to: 100, bisections: 4 });
  assert.equal(best.rate, 100);
  assert.deepEqual(attempts.map((one) => one.rate), [25, 50, 100]);
});

test('should have no best when nothing is good', async () => {
  assert.equal((await ramp(upTo(0), { from: 4, to: 100, bisections: 4 })).best, null);
});

// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTerminal } from '../../main/resources/web/close-codes.js';
import { BASE_DELAY_MS, MAX_DELAY_MS, reconnectDelay } from '../../main/resources/web/reconnect-policy.js';

const NEVER = () => assert.fail('no jitter on a delay that the server chose');
const ALMOST_ONE = () => 0.999;

test('shouldTakeTheSlotWhenTheServerGaveOne', () => {
  for (const code of [1001, 4003, 4005]) {
    assert.equal(reconnectDelay(code, 3, 2_500, NEVER), 2_500, `close code ${code}`);
  }
});

test('shouldBackOffWhenTheServerGaveNoSlot', () => {
  for (const code of [1001, 1006, 4000, 4001, 4003, 4005, 4006, 4007]) {
    assert.equal(reconnectDelay(code, 1, undefined, () => 0.5), BASE_DELAY_MS, `close code ${code}`);
  }
});

test('shouldIgnoreAnOldSlotWhenTheConnectionBreaksLater', () => {
  assert.equal(reconnectDelay(1006, 0, 60_000, () => 0), 0);
});

test('shouldComeBackAtOnceWhenTheTokenExpiredButNotInALoop', () => {
  assert.equal(reconnectDelay(4002, 0, undefined, NEVER), 0);
  assert.ok(reconnectDelay(4002, 1, undefined, ALMOST_ONE) > 0);
});

test('shouldWaitLongestWhenThereAreTooManyConnections', () => {
  assert.equal(reconnectDelay(4004, 0, undefined, NEVER), MAX_DELAY_MS);
});

test('shouldDoubleUpToTheBoundWhenAttemptsFail', () => {
  const delays = [0, 1, 2, 3, 50].map((attempt) => reconnectDelay(1006, attempt, undefined, () => 1));
  assert.deepEqual(delays, [500, 1_000, 2_000, 4_000, MAX_DELAY_MS]);
});

test('shouldStopForGoodOnlyFrom4500To4999', () => {
  assert.deepEqual([4499, 4500, 4503, 4999, 5000, 1006].map(isTerminal), [false, true, true, true, false, false]);
});

// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hub } from '../src/shared/hub.js';
import { answerTo, lowest } from '../src/shared/positions.js';
import { eventFrame } from './support/fake-world.js';

const at = (/** @type {number} */ seq, epoch = 'e1') => ({ epoch, seq });
const subscribed = (/** @type {number} */ seq, more = {}) => ({ type: /** @type {const} */ ('subscribed'), service: 's', epoch: 'e1', seq, ...more });

/** A hub whose source only notes what it is asked for. */
function world() {
  /** @type {unknown[]} */
  const asked = [];
  /** @type {{frame: any, to: import('../src/shared/messages.js').Addressees | undefined}[]} */
  const told = [];
  /** @type {Hub} */
  const hub = new Hub(
    { subscribe: (service) => asked.push(hub.wanted()[service]), unsubscribe: () => asked.push('dropped') },
    (frame, to) => told.push({ frame, to }),
  );
  return { hub, asked, told };
}

test('the lowest position of the epoch that most are in is asked for', () => {
  assert.equal(lowest([{ at: 'latest' }]), 'latest');
  assert.equal(lowest([{ at: at(5) }, { at: 'earliest' }]), 'earliest');
  assert.deepEqual(lowest([{ at: 'latest' }, { at: at(5) }, { at: at(3) }, { at: at(1, 'e0') }]), at(3));
});

test('an answer that begins behind a tab is not for it', () => {
  assert.equal(answerTo(subscribed(100, { recovered: true, replayed: 50 }), at(5), at(5)), undefined);
  assert.equal(answerTo(subscribed(100, { recovered: true, replayed: 95 }), at(5), at(5))?.recovered, true);
  assert.equal(answerTo(subscribed(100, { recovered: true }), at(5), at(5))?.recovered, true);
  assert.equal(answerTo(subscribed(100, { recovered: true, replayed: 90 }), at(5), at(10)), undefined);
  assert.equal(answerTo(subscribed(100, { recovered: true, replayed: 90 }), at(5, 'e0'), at(10))?.reason, 'epoch_changed');
  assert.equal(answerTo(subscribed(100, { recovered: true, replayed: 90 }), at(101), at(10))?.reason, 'unknown_position');
  assert.deepEqual(answerTo(subscribed(100, { recovered: true, replayed: 90 }), 'latest', at(10)), subscribed(100));
});

test('what one position has lost is asked for again by those who are further on', () => {
  const expired = subscribed(100, { recovered: false, reason: 'expired', earliest: 50 });
  assert.equal(answerTo(expired, at(5), at(5))?.reason, 'expired');
  assert.equal(answerTo(expired, at(48), at(5))?.reason, 'expired');
  assert.equal(answerTo(expired, at(49), at(5)), undefined);
  assert.equal(answerTo(expired, at(100), at(5))?.recovered, true);
});

test('nothing is told to a tab before its answer, and one question is asked at a time', () => {
  const { hub, asked, told } = world();
  hub.follow('a', 's', { at: at(10), n: 1 });
  assert.deepEqual(hub.wanted(), { s: at(10) });
  hub.connected(true);
  hub.follow('b', 's', { at: at(4), n: 7 });
  hub.follow('c', 's', { at: at(6), n: 8 });
  assert.deepEqual(asked, [], 'the answer to the first is on its way');
  hub.take(subscribed(12, { recovered: true, replayed: 2 }));
  assert.deepEqual(told.splice(0).map(({ to }) => to), [{ a: 1 }]);
  assert.deepEqual(asked, [at(4)]);
  hub.take(/** @type {any} */ (eventFrame('s', 'e1', 12, 2)));
  assert.deepEqual(told.splice(0).map(({ to }) => to), [{ a: 1 }]);
  hub.take(subscribed(12, { recovered: true, replayed: 8 }));
  assert.deepEqual(told.splice(0).flatMap(({ to }) => Object.entries(to ?? {})), [['a', 1], ['b', 7], ['c', 8]]);
  hub.take(/** @type {any} */ (eventFrame('s', 'e1', 6, 2)));
  hub.take(/** @type {any} */ (eventFrame('s', 'e1', 12, 6)));
  hub.take(/** @type {any} */ (eventFrame('s', 'e1', 13)));
  assert.deepEqual(told.splice(0).map(({ to }) => Object.keys(to ?? {})), [['b'], ['b', 'c'], ['a', 'b', 'c']]);
  assert.equal(asked.length, 1);
});

test('a server whose answers fit nobody is not asked for ever', () => {
  const { hub, asked, told } = world();
  hub.follow('a', 's', { at: at(1), n: 1 });
  hub.wanted();
  hub.connected(true);
  for (let i = 0; i < 20; i++) {
    hub.take(subscribed(12, { recovered: true, replayed: 2 }));
  }
  assert.ok(asked.length < 5);
  assert.equal(told[0]?.frame.reason, 'unknown_position');
});

test('the last tab that leaves a service ends it, an earlier wish of a tab does not count', () => {
  const { hub, asked } = world();
  hub.follow('a', 's', { at: 'latest', n: 1 });
  hub.follow('b', 's', { at: 'latest', n: 1 });
  hub.keep('a', ['s']);
  hub.keep('a', []);
  assert.deepEqual(asked, []);
  hub.keep('b', ['other']);
  assert.deepEqual(asked, ['dropped']);
  assert.deepEqual(hub.wanted(), {});
});

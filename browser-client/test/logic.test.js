// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cursorVector, parseCursorVector, StreamCursor } from '../src/cursors.js';
import { EventIds, MAX_IDS, REMEMBER_MS, SWEEP_MS } from '../src/dedup.js';
import { EventRate } from '../src/event-rate.js';
import { identityOf } from '../src/identity.js';
import { LatencyWindow } from '../src/latency.js';
import { allowedTransports, DEFAULT_FLAGS, readFlags, rolloutBucket } from '../src/rollout.js';
import { ServerClock } from '../src/server-clock.js';
import { StateMachine } from '../src/state.js';
import { SseParser } from '../src/transport/sse-parser.js';

/** A cursor at e1:5 that has been answered. */
function atFive() {
  const cursor = new StreamCursor('finance', { epoch: 'e1', seq: 5 });
  cursor.subscribed({ epoch: 'e1', seq: 5, recovered: true, replayed: 0 });
  return cursor;
}

/** @type {[string, (cursor: StreamCursor) => import('../src/cursors.js').Reading, number, number, unknown][]} */
const READINGS = [
  ['the next one', (c) => c.events({ epoch: 'e1', seq: 6 }, 1), 6, 0, undefined],
  ['the last one again', (c) => c.events({ epoch: 'e1', seq: 5 }, 1), 5, 1, undefined],
  ['one from long ago', (c) => c.events({ epoch: 'e1', seq: 2 }, 2), 5, 2, undefined],
  ['half of a batch known', (c) => c.events({ epoch: 'e1', seq: 7 }, 4), 7, 2, undefined],
  ['one left out', (c) => c.events({ epoch: 'e1', seq: 7 }, 1), 7, 0, { reason: 'skipped', from: 6, to: 6 }],
  ['another epoch', (c) => c.events({ epoch: 'e2', seq: 2 }, 2), 2, 0, { reason: 'epoch_changed', epoch: 'e2' }],
  [
    'a gap that begins at the next one',
    (c) => c.gap({ epoch: 'e1', from: 6, to: 9, reason: 'expired' }),
    9,
    0,
    { reason: 'expired', from: 6, to: 9 },
  ],
  [
    'a gap that is half seen',
    (c) => c.gap({ epoch: 'e1', from: 3, to: 7, reason: 'expired' }),
    7,
    0,
    { reason: 'expired', from: 6, to: 7 },
  ],
  [
    'a gap after a hole',
    (c) => c.gap({ epoch: 'e1', from: 8, to: 9, reason: 'expired' }),
    9,
    0,
    { reason: 'expired', from: 6, to: 9 },
  ],
  ['a gap that is all seen', (c) => c.gap({ epoch: 'e1', from: 3, to: 5, reason: 'expired' }), 5, 0, undefined],
  [
    'a gap into another epoch',
    (c) => c.gap({ epoch: 'e2', from: 1, to: 3, reason: 'epoch_changed' }),
    3,
    0,
    { reason: 'epoch_changed', epoch: 'e2', from: 1, to: 3 },
  ],
  ['recovered', (c) => c.subscribed({ epoch: 'e1', seq: 9, recovered: true, replayed: 4 }), 5, 0, undefined],
  [
    'not recovered: expired',
    (c) => c.subscribed({ epoch: 'e1', seq: 9, recovered: false, reason: 'expired' }),
    9,
    0,
    { reason: 'expired', from: 6, to: 9 },
  ],
  [
    'not recovered: the head is behind',
    (c) => c.subscribed({ epoch: 'e1', seq: 3, recovered: false, reason: 'unknown_position' }),
    3,
    0,
    { reason: 'unknown_position' },
  ],
  [
    'not recovered: another epoch',
    (c) => c.subscribed({ epoch: 'e2', seq: 3, recovered: false, reason: 'epoch_changed' }),
    3,
    0,
    { reason: 'epoch_changed', epoch: 'e2' },
  ],
  [
    'said to be recovered in another epoch, which cannot be',
    (c) => c.subscribed({ epoch: 'e2', seq: 3, recovered: true }),
    3,
    0,
    { reason: 'epoch_changed', epoch: 'e2' },
  ],
  [
    'begins at the latest though a position was given',
    (c) => c.subscribed({ epoch: 'e1', seq: 8 }),
    8,
    0,
    { reason: 'unknown_position', from: 6, to: 8 },
  ],
];

for (const [name, read, seq, seen, gap] of READINGS) {
  test(`at e1:5, ${name}`, () => {
    const cursor = atFive();
    const reading = read(cursor);
    assert.equal(cursor.at?.seq, seq);
    assert.equal(reading.seen, seen);
    assert.deepEqual(
      reading.gap,
      gap === undefined ? undefined : { service: 'finance', epoch: 'e1', .../** @type {object} */ (gap) },
    );
  });
}

test('takes nothing before the subscription has been answered', () => {
  const cursor = new StreamCursor('finance', { epoch: 'e1', seq: 5 });
  assert.deepEqual(cursor.events({ epoch: 'e1', seq: 9 }, 2), { seen: 2, gap: undefined, epochChanged: false });
  assert.equal(cursor.gap({ epoch: 'e1', from: 6, to: 9, reason: 'expired' }).gap, undefined);
  assert.deepEqual(cursor.at, { epoch: 'e1', seq: 5 });
});

test('begins where "earliest" begins', () => {
  const cursor = new StreamCursor('finance');
  assert.equal(cursor.subscribed({ epoch: 'e1', seq: 50, recovered: true, replayed: 10 }).gap, undefined);
  assert.deepEqual(cursor.at, { epoch: 'e1', seq: 40 });
  assert.equal(cursor.events({ epoch: 'e1', seq: 41 }, 1).gap, undefined);
});

test('writes and reads vectors', () => {
  assert.equal(cursorVector({ finance: { epoch: 'e1', seq: 12 }, staff: 'latest', docs: 'earliest' }), 'finance=e1:12,docs=earliest');
  assert.deepEqual(parseCursorVector('finance=e1:12,x y=1:2,staff=e2:0'), {
    finance: { epoch: 'e1', seq: 12 },
    staff: { epoch: 'e2', seq: 0 },
  });
  assert.deepEqual(parseCursorVector(''), {});
});

test('forgets ids after five minutes, sweeping each minute', () => {
  let now = 0;
  const ids = new EventIds(() => now);
  ids.crossed('finance');
  assert.equal(ids.isRepeated('finance', { id: '1', source: '/a' }), false);
  now = SWEEP_MS - 1;
  assert.equal(ids.isRepeated('finance', { id: '1', source: '/a' }), true);
  assert.equal(ids.isRepeated('staff', { id: '1', source: '/a' }), false, 'another service');
  assert.equal(ids.isRepeated('finance', { id: '1', source: '/b' }), false, 'another source');
  assert.equal(ids.isRepeated('finance', {}), false, 'without an id');
  ids.crossed('finance');
  now = REMEMBER_MS;
  assert.equal(ids.isRepeated('finance', { id: '1', source: '/a' }), false, 'long ago');
  assert.equal(ids.size, 3);
  now += REMEMBER_MS;
  ids.isRepeated('finance', { id: '2', source: '/a' });
  assert.equal(ids.size, 1, 'swept');
});

test('remembers no more ids than its bound, forgetting the oldest first', () => {
  const ids = new EventIds(() => 0);
  ids.crossed('finance');
  for (let id = 0; id <= MAX_IDS; id++) {
    ids.isRepeated('finance', { id: String(id) });
  }
  assert.equal(ids.size, MAX_IDS);
  assert.equal(ids.isRepeated('finance', { id: String(MAX_IDS) }), true);
  assert.equal(ids.isRepeated('finance', { id: '0' }), false);
});

test('goes no way that the picture of the states does not have', () => {
  const machine = new StateMachine(() => {});
  assert.throws(() => machine.set('connected', 'x'), /no way from stopped/);
});

test('has known values for the bucket of a user, which must never change', () => {
  // FNV-1a 32 of "" is 0x811c9dc5, of "a" 0xe40c292c, of "foobar" 0xbf9cf968.
  assert.equal(rolloutBucket(''), (0x811c9dc5 % 10_000) / 100);
  assert.equal(rolloutBucket('a'), (0xe40c292c % 10_000) / 100);
  assert.equal(rolloutBucket('foobar'), (0xbf9cf968 % 10_000) / 100);
});

test('spreads users evenly over the rollout', () => {
  const inside = Array.from({ length: 20_000 }, (_, i) => rolloutBucket(`user-${i}@example.com`)).filter((b) => b < 10);
  assert.ok(Math.abs(inside.length - 2_000) < 200, String(inside.length));
});

test('obeys the flags', () => {
  const flags = readFlags({ realtime: true, rolloutPercent: 50, transports: ['poll', 'carrier-pigeon', 'websocket'] });
  assert.deepEqual(flags.transports, ['websocket', 'poll']);
  assert.deepEqual(allowedTransports(flags, 49.99), ['websocket', 'poll']);
  assert.deepEqual(allowedTransports(flags, 50), ['poll']);
  assert.deepEqual(allowedTransports({ ...flags, realtime: false }, 0), ['poll']);
  assert.deepEqual(readFlags('nonsense'), DEFAULT_FLAGS);
  assert.deepEqual(readFlags({ transports: [], rolloutPercent: '5' }), DEFAULT_FLAGS);
});

test('estimates the difference of the clocks within half a round trip', () => {
  let now = 1_000_000;
  const clock = new ServerClock(() => now);
  assert.equal(clock.offsetMs, 0);
  clock.sample(now + 5_000 - 80);
  clock.sample(now + 5_000 - 20);
  clock.pong(now - 50);
  clock.pong(now - 40);
  assert.equal(clock.offsetMs, 5_000);
  assert.equal(clock.since(now + 5_000 - 7), 7);
  assert.equal(clock.since(now + 9_000), 0);
  clock.reset();
  assert.equal(clock.offsetMs, 0);
});

test('averages the last latencies only', () => {
  const window = new LatencyWindow();
  assert.deepEqual(window.summary(), { averageMs: 0, p95Ms: 0 });
  window.add(100_000);
  for (let i = 1; i <= 512; i++) {
    window.add(i);
  }
  assert.deepEqual(window.summary(), { averageMs: 256.5, p95Ms: 487 });
});

test('tells the rate of the last ten seconds', () => {
  let now = 500;
  const rate = new EventRate(() => now);
  rate.add(30);
  now = 3_500;
  assert.equal(rate.perSecond, 10);
  now = 9_900;
  rate.add(20);
  assert.equal(rate.perSecond, 5.32);
  now = 12_000;
  assert.equal(rate.perSecond, 2);
  now = 60_000;
  assert.equal(rate.perSecond, 0);
});

test('reads who a token is for', () => {
  const payload = Buffer.from(JSON.stringify({ sub: 'Änn', org: 'acme', exp: 5 })).toString('base64url');
  assert.deepEqual(identityOf(`x.${payload}.y`), { user: 'Änn', org: 'acme', expiresAt: 5_000, rights: '[null,null]' });
  assert.deepEqual(identityOf('opaque'), {});
  assert.deepEqual(identityOf('a.b.c'), {});
});

test('reads an event stream cut anywhere, with any line end', () => {
  const text = ': hello\r\nid: x\r\ndata: one\r\n\r\nevent: e\ndata:two\ndata: three\n\n\rdata\r\rdata: lost';
  for (let size = 1; size <= text.length; size++) {
    /** @type {string[]} */
    const data = [];
    const parser = new SseParser((piece) => data.push(piece));
    for (let at = 0; at < text.length; at += size) {
      parser.push(text.slice(at, at + size));
    }
    assert.deepEqual(data, ['one', 'two\nthree', ''], `pieces of ${size}`);
  }
});

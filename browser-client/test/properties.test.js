// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from './support/seeded.js';
import { advisedDelay, backoffDelay, DELAYS_MS, JITTER_MS, MAX_DELAY_MS, MIN_DELAY_MS } from '../src/backoff.js';
import { CLOSE_CODES } from '../src/close-codes.js';
import { EventIds, REMEMBER_MS } from '../src/dedup.js';
import { ReconnectPolicy, STABLE_MS } from '../src/reconnect-policy.js';
import { Subscriptions } from '../src/subscriptions.js';
import { event } from './support/fake-world.js';

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('backoff keeps its bounds, and its jitter', () => {
  fc.assert(
    fc.property(fc.nat(1_000), unit, (attempt, random) => {
      const delay = backoffDelay(attempt, () => random);
      const base = /** @type {number} */ (DELAYS_MS[Math.min(attempt, DELAYS_MS.length - 1)]);
      assert.ok(delay >= MIN_DELAY_MS && delay <= MAX_DELAY_MS);
      assert.ok(Math.abs(delay - base) <= Math.min(JITTER_MS, base));
    }),
  );
});

test('every delay is jittered: two random numbers give two delays', () => {
  fc.assert(
    fc.property(fc.nat(10), fc.nat(400_000), (attempt, advised) => {
      assert.notEqual(backoffDelay(attempt, () => 0.1), backoffDelay(attempt, () => 0.9));
      if (advised < MAX_DELAY_MS) {
        assert.notEqual(advisedDelay(advised, () => 0.1), advisedDelay(advised, () => 0.9));
      }
    }),
  );
});

test('what the server advises is never undercut, within the bounds', () => {
  fc.assert(
    fc.property(fc.nat(10_000_000), unit, (advised, random) => {
      const delay = advisedDelay(advised, () => random);
      assert.ok(delay >= Math.min(advised, MAX_DELAY_MS) && delay >= MIN_DELAY_MS && delay <= MAX_DELAY_MS);
    }),
  );
});

test('no row of endings makes the policy come back too soon, or after it was told not to', () => {
  const ending = fc.record({
    code: fc.constantFrom(1000, 1006, 4321, 4600, ...CLOSE_CODES.map(([code]) => code)),
    retryAfterMs: fc.option(fc.nat(1_000_000), { nil: undefined }),
    livedMs: fc.constantFrom(0, 1, STABLE_MS - 1, STABLE_MS, 1_000_000),
    slotMs: fc.option(fc.integer({ min: -1_000, max: 100_000 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(ending, { maxLength: 30 }), unit, (endings, random) => {
      const policy = new ReconnectPolicy(() => random);
      let atOnce = 0;
      for (const { livedMs, slotMs, ...end } of endings) {
        const decision = policy.decide(end, livedMs, slotMs);
        atOnce = livedMs >= STABLE_MS ? 0 : atOnce;
        assert.equal(decision.action === 'stop', end.code >= 4500);
        if (decision.action === 'stop') {
          assert.equal(decision.tokenNeeded, end.code === 4501);
          continue;
        }
        assert.ok(decision.delayMs >= 0 && decision.delayMs <= MAX_DELAY_MS);
        const inSlot = (end.code === 1001 || end.code === 4005) && slotMs !== undefined;
        if (decision.delayMs < MIN_DELAY_MS && !inSlot) {
          assert.equal(end.code, 4002);
          assert.equal(++atOnce, 1, 'at once only once between two stable connections');
        }
      }
    }),
  );
});

/** Small ids and steps of time, so that repetitions and expiry both happen. */
const occurrences = fc.array(
  fc.record({
    id: fc.nat(12).map(String),
    waitMs: fc.constantFrom(0, 1, 20_000, REMEMBER_MS - 1, REMEMBER_MS),
    crossed: fc.boolean(),
  }),
  { maxLength: 60 },
);

test('an id is a repetition exactly while it is remembered and the stream is in doubt', () => {
  fc.assert(
    fc.property(occurrences, fc.integer({ min: 1, max: 5 }), (row, max) => {
      let now = 0;
      const ids = new EventIds(() => now, max);
      /** @type {Map<string, number>} the same, slowly: in the order of when each was first seen */
      const model = new Map();
      let doubtfulUntil = 0;
      for (const { id, waitMs, crossed } of row) {
        now += waitMs;
        if (crossed) {
          ids.crossed('s');
          doubtfulUntil = now + REMEMBER_MS;
        }
        const at = model.get(id);
        const known = at !== undefined && now - at < REMEMBER_MS;
        assert.equal(ids.isRepeated('s', { id, source: '/x' }), known && now < doubtfulUntil);
        if (!known) {
          model.delete(id);
          model.set(id, now);
          if (model.size > max) {
            model.delete(/** @type {string} */ (model.keys().next().value));
          }
        }
        assert.ok(ids.size <= max);
      }
    }),
    { numRuns: 500 },
  );
});

/**
 * What can befall a stream between a server and this client. The numbers are reduced to what is possible at the time.
 *
 * @typedef {{kind: 'publish' | 'deliver' | 'lose' | 'repeat' | 'reconnect' | 'gap' | 'trim' | 'epoch', n: number}} Step
 */
const steps = fc.array(
  fc.record({
    kind: fc.constantFrom('publish', 'publish', 'deliver', 'deliver', 'deliver', 'lose', 'repeat', 'reconnect', 'gap', 'trim', 'epoch'),
    n: fc.integer({ min: 1, max: 7 }),
  }),
  { minLength: 1, maxLength: 80 },
);

test('whatever comes in whatever order: each position once, in order, or a gap that covers what is missing', () => {
  fc.assert(
    fc.property(steps, (row) => {
      const world = new StreamModel();
      for (const step of /** @type {Step[]} */ (row)) {
        world.step(step);
      }
      world.reconnect();
      world.deliverAll();
      world.check();
    }),
    { numRuns: 2_000 },
  );
});

/** A server that does all that the protocol allows and some that it does not, and the client's side of it. */
class StreamModel {
  #subscriptions = new Subscriptions(() => 0);
  #epoch = 1;
  #head = 0;
  #oldest = 1;
  /** The position of the server in what it sends. */
  #sent = 0;
  /** What the handlers saw, and the gaps between. @type {({epoch: string, seq: number} | {gap: import('../src/cursors.js').Gap})[]} */
  #seen = [];
  /** Where the client was attached first. @type {{epoch: string, seq: number} | undefined} */
  #origin;

  constructor() {
    this.#subscriptions.add('s', () => {}, 'latest');
    this.reconnect();
  }

  get #name() {
    return `e${this.#epoch}`;
  }

  /** @param {Step} step */
  step({ kind, n }) {
    switch (kind) {
      case 'publish':
        this.#head += n;
        break;
      case 'deliver':
        this.#deliver(n);
        break;
      case 'lose':
        // Against the protocol: the server skips events and says nothing.
        this.#sent = Math.min(this.#head, this.#sent + n);
        break;
      case 'repeat':
        // Against the protocol: it sends again what it has sent.
        this.#sent = Math.max(0, this.#sent - n);
        this.#deliver(n);
        break;
      case 'reconnect':
        this.reconnect();
        break;
      case 'gap': {
        const to = Math.min(this.#head, this.#sent + n);
        if (to > this.#sent) {
          this.#take({ type: 'gap', service: 's', epoch: this.#name, from: this.#sent + 1, to, reason: 'expired' });
          this.#sent = to;
        }
        break;
      }
      case 'trim':
        this.#oldest = Math.min(this.#head + 1, this.#oldest + n);
        break;
      case 'epoch':
        this.#epoch++;
        this.#head = n;
        this.#oldest = 1;
        this.#sent = n % 2 === 0 ? 0 : n;
        if (n % 3 !== 0) {
          this.#take({ type: 'gap', service: 's', epoch: this.#name, from: 1, to: this.#sent, reason: 'epoch_changed' });
        }
        break;
    }
  }

  reconnect() {
    const from = this.#subscriptions.wanted()['s'];
    const base = /** @type {const} */ ({ type: 'subscribed', service: 's' });
    if (typeof from !== 'object') {
      this.#origin = { epoch: this.#name, seq: this.#head };
      this.#sent = this.#head;
      this.#take({ ...base, epoch: this.#name, seq: this.#head });
    } else if (from.epoch === this.#name && from.seq <= this.#head && from.seq + 1 >= this.#oldest) {
      this.#sent = from.seq;
      this.#take({ ...base, epoch: this.#name, seq: this.#head, recovered: true, replayed: this.#head - from.seq });
    } else {
      this.#sent = this.#head;
      const reason = from.epoch !== this.#name ? 'epoch_changed' : from.seq > this.#head ? 'unknown_position' : 'expired';
      this.#take({ ...base, epoch: this.#name, seq: this.#head, recovered: false, reason });
    }
  }

  deliverAll() {
    while (this.#sent < this.#head) {
      this.#deliver(100);
    }
  }

  /** @param {number} n */
  #deliver(n) {
    const count = Math.min(n, this.#head - this.#sent);
    if (count > 0) {
      this.#sent += count;
      const events = Array.from({ length: count }, (_, k) => event(`${this.#name}-${this.#sent - count + 1 + k}`));
      this.#take({ type: 'event', service: 's', epoch: this.#name, seq: this.#sent, events, timestamp: 0 });
    }
  }

  /** @param {Parameters<Subscriptions['take']>[0]} frame */
  #take(frame) {
    const outcome = this.#subscriptions.take(frame);
    if (outcome?.gap !== undefined) {
      this.#seen.push({ gap: outcome.gap });
    }
    for (const { seq, event: { id } } of outcome?.fresh ?? []) {
      assert.equal(id, `${frame.epoch}-${seq}`, 'each event has its own position');
      this.#seen.push({ epoch: frame.epoch, seq });
    }
  }

  check() {
    let at = /** @type {{epoch: string, seq: number}} */ (this.#origin);
    /** After a gap without a range, any position of its epoch may follow. */
    let open = false;
    for (const item of this.#seen) {
      if ('gap' in item) {
        const { epoch, from, to } = item.gap;
        if (from !== undefined && to !== undefined) {
          assert.ok(epoch !== at.epoch || from === at.seq + 1 || open, `a gap at ${from} after ${at.epoch}:${at.seq}`);
          at = { epoch, seq: to };
          open = false;
        } else {
          at = { epoch, seq: 0 };
          open = true;
        }
        continue;
      }
      assert.equal(item.epoch, at.epoch, 'another epoch only after a gap');
      assert.ok(open ? item.seq > at.seq : item.seq === at.seq + 1, `${item.seq} after ${at.seq}`);
      at = item;
      open = false;
    }
    const cursor = this.#subscriptions.cursors()['s'];
    assert.deepEqual(cursor, { epoch: this.#name, seq: this.#head }, 'nothing is left out at the end');
    if (!open) {
      assert.deepEqual(at, cursor, 'what is missing at the end was announced');
    }
  }
}

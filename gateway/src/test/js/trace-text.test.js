// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clock, moment } from '../../main/resources/console/format.js';
import { line, outcome, summary, why } from '../../main/resources/console/trace-text.js';

const POSITION = 'e1:42';
const ENDED = { at: 1_700_000_000_000, code: 4001, reason: 'slow_consumer' };
const SESSION = {
  session: 's', user: 'ann', transport: 'websocket', connectedAt: 0, fate: 'unknown', reason: null, cursor: null, lag: 0, followsSince: null,
  deliveredFrom: null, deliveredBy: null, ended: null, node: 'n',
};

const whyOf = (/** @type {object} */ session) => why({ ...SESSION, ...session }, POSITION);

test('shouldSayOfEachReasonWhatItMeans', () => {
  const table = {
    'behind not_at_node': /^the node has not got the event yet; 7 behind$/,
    'behind socket_full': /^the client does not read: its socket is full; 7 behind$/,
    'behind reading_log': /^what it missed is being read from the log; 7 behind$/,
    'behind in_turn': /^about to be written; 7 behind$/,
    'began_later latest': /^began after the event/,
    'began_later earliest': /^began with the oldest event/,
    'began_later expired': /^resumed, but what it had missed had expired/,
    'began_later epoch_changed': /^came from another epoch/,
    'began_later unknown_position': /^resumed with a cursor ahead of the stream/,
    had_before: /an earlier session of the client got it$/,
    gap: /told by a gap$/,
    attaching: /^waits for the stream$/,
    refused: /the org has too many$/,
    not_allowed: /^the token does not cover the service$/,
    not_subscribed: /^does not follow the service$/,
    unknown: /more gaps than the node remembers$/,
  };
  for (const [of, sentence] of Object.entries(table)) {
    const [fate, reason = null] = of.split(' ');
    assert.match(whyOf({ fate, reason, lag: 7 }), sentence, of);
  }
});

test('shouldShowAReasonThatItDoesNotKnow', () => {
  assert.equal(whyOf({ fate: 'of_a_later_release' }), 'of a later release');
  assert.equal(whyOf({ fate: 'began_later', reason: 'some_other' }), 'some other');
  assert.equal(whyOf({ fate: 'behind', reason: 'some_other', lag: 1 }), 'some_other; 1 behind');
});

test('shouldSayOfADeliveryFromWhenToWhenAndThatTheSessionEndedSince', () => {
  const delivered = { fate: 'delivered', deliveredFrom: 1_700_000_000_001, deliveredBy: 1_700_000_000_009 };
  const between = `between ${moment(delivered.deliveredFrom)} and ${moment(delivered.deliveredBy)}`;
  assert.equal(whyOf(delivered), between);
  assert.equal(whyOf({ ...delivered, ended: ENDED }), `${between}; ended at ${clock(ENDED.at)} with 4001 (slow consumer)`);
});

test('shouldSayWhatASessionThatEndedBeforeGetsWhenItResumes', () => {
  const closed = `closed with 4001 (slow consumer) at ${clock(ENDED.at)}, cursor `;
  assert.equal(whyOf({ fate: 'ended_before', ended: ENDED, cursor: 'e1:40' }), `${closed}e1:40; gets it when it resumes while it is held`);
  assert.equal(whyOf({ fate: 'ended_before', ended: ENDED, cursor: 'e0:40' }), `${closed}e0:40; is told to reload when it resumes`);
});

const TRACE = { org: 'acme', service: 'orders', id: 'x', position: null, outcome: 'not_held', stream: { head: 'e1:9', oldest: 3, oldestAt: 1_700_000_000_000 }, events: [] };

test('shouldSayWhetherTheLogHasIt', () => {
  const event = /** @type {any} */ ({});
  assert.equal(outcome({ ...TRACE, outcome: 'found', events: [event] }), 'In the log.');
  assert.match(outcome({ ...TRACE, outcome: 'found', events: [event, event] }), /^In the log 2 times/);
  assert.match(outcome({ ...TRACE, stream: null }), /^There is no such stream/);
  assert.match(outcome({ ...TRACE, events: [event] }), /^Not in the log any more/);
  assert.match(outcome({ ...TRACE, stream: { ...TRACE.stream, oldestAt: null } }), /holds no event of this stream now: it stands at e1:9/);
  assert.match(outcome(TRACE), new RegExp(`begins at seq 3, accepted at ${clock(1_700_000_000_000)}, and ends at e1:9\\. An event from before`));
});

const STREAM = { openSince: 0, sessions: 5, head: 'e1:42', oldest: 3 };
const EVENT = {
  id: '<b>1', source: '/shop', type: 'placed', position: POSITION, committedAt: 10, bytes: 256, counts: {}, sessions: [],
  remembered: { sessions: 2, completeSince: null }, silent: [],
  nodes: [
    { id: 'a', answers: false, stream: null, arrival: null },
    { id: 'b', answers: true, stream: null, arrival: null },
    { id: 'c', answers: true, stream: STREAM, arrival: null },
    { id: 'd', answers: true, stream: STREAM, arrival: { at: 30, way: 'fetched' } },
    { id: 'e', answers: true, stream: STREAM, arrival: { at: 20, way: 'pushed' } },
  ],
};

test('shouldPutWhatHappenedInItsOrderAndWhatHasNoTimeLast', () => {
  const steps = line(EVENT, (id) => `node ${id}`);
  assert.deepEqual(steps.map(({ kind }) => kind), ['committed', 'pushed', 'fetched', 'silent', 'not here', 'not held']);
  assert.equal(steps[0].detail, 'as e1:42: <b>1, placed of /shop, 256 bytes');
  assert.equal(steps[1].detail, 'node e: pushed to the node; sessions: 5');
  assert.match(steps[3].detail, /^node a did not answer$/);
  assert.match(steps[5].detail, /^node c: its buffer holds seqs from 3 to e1:42$/);
  const expired = line({ ...EVENT, committedAt: null, nodes: [] }, String);
  assert.deepEqual(expired, [{ at: null, kind: 'expired', detail: 'e1:42: the log holds it no more' }]);
});

test('shouldCountTheFatesAndSayWhoIsNotInThem', () => {
  const counted = { ...EVENT, counts: { delivered: 2, ended_before: 1 }, sessions: [SESSION] };
  assert.equal(summary(counted, ''), '2 delivered, 1 ended before; 1 shown. Looked through the open sessions and the 2 that ended last.');
  assert.match(summary({ ...counted, silent: ['a'] }, ''), / 1 of the nodes did not answer\.$/);
  const none = { ...EVENT, remembered: { sessions: 2, completeSince: 1_700_000_000_000 } };
  assert.equal(summary(none, 'ann'), `No session of ann, on any node, nor among the 2 that ended last, all that ended since ${clock(1_700_000_000_000)}.`);
  assert.match(summary(none, ''), /^No session of the org,/);
});

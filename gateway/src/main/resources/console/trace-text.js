// SPDX-License-Identifier: Apache-2.0
import { clock, moment, number } from './format.js';

/**
 * @typedef {{at: number, code: number, reason: string}} Ended
 * @typedef {{session: string, user: string | null, transport: string, connectedAt: number, fate: string, reason: string | null,
 *   cursor: string | null, lag: number, followsSince: number | null, deliveredFrom: number | null, deliveredBy: number | null,
 *   ended: Ended | null, node: string}} TracedSession
 * @typedef {{id: string, answers: boolean, stream: {openSince: number, sessions: number, head: string | null, oldest: number} | null,
 *   arrival: {at: number | null, way: string} | null}} TracedNode
 * @typedef {{id: string | null, source: string | null, type: string | null, position: string, committedAt: number | null, bytes: number | null, nodes: TracedNode[],
 *   counts: Record<string, number>, sessions: TracedSession[], remembered: {sessions: number, completeSince: number | null},
 *   silent: string[]}} TracedEvent
 * @typedef {{org: string, service: string, id: string | null, position: string | null, outcome: string, stream: {head: string, oldest: number, oldestAt: number | null} | null,
 *   events: TracedEvent[]}} Trace
 */

/** @type {Record<string, string>} */
const WAYS = {
  pushed: 'pushed to the node',
  fetched: 'not pushed in time: fetched from the log',
  loaded: 'loaded from the log, as history for a client that had been away',
};

/** @type {Record<string, string>} */
const WAITS = {
  not_at_node: 'the node has not got the event yet',
  socket_full: 'the client does not read: its socket is full',
  reading_log: 'what it missed is being read from the log',
  in_turn: 'about to be written',
};

/** @type {Record<string, string>} */
const BEGINNINGS = {
  latest: 'began after the event, with what came from then on',
  earliest: 'began with the oldest event that was held then; this one had expired',
  expired: 'resumed, but what it had missed had expired: told recovered:false',
  epoch_changed: 'came from another epoch of the stream: told recovered:false, or by a gap',
  unknown_position: 'resumed with a cursor ahead of the stream: told recovered:false',
};

/** @type {Record<string, string>} */
const OTHERS = {
  gap: 'had expired before the session came to it: told by a gap',
  attaching: 'waits for the stream',
  refused: 'was not given the stream: the org has too many',
  not_allowed: 'the token does not cover the service',
  not_subscribed: 'does not follow the service',
  unknown: 'the session has had more gaps than the node remembers',
};

/** @param {string} text in one word with underscores */
const words = (text) => text.replaceAll('_', ' ');

/** @param {string} position as `epoch:seq` */
const epochOf = (position) => position.split(':', 1)[0];

/**
 * Why a session was given the event or not, in a sentence for operators.
 *
 * @param {TracedSession} session
 * @param {string} position of the event
 */
export function why({ fate, reason, cursor, lag, deliveredFrom, deliveredBy, ended }, position) {
  if (fate === 'ended_before' && ended !== null && cursor !== null) {
    const later = epochOf(cursor) === epochOf(position) ? 'gets it when it resumes while it is held' : 'is told to reload when it resumes';
    return `closed with ${ended.code} (${words(ended.reason)}) at ${clock(ended.at)}, cursor ${cursor}; ${later}`;
  }
  const over = ended === null ? '' : `; ended at ${clock(ended.at)} with ${ended.code} (${words(ended.reason)})`;
  if (fate === 'delivered' && deliveredFrom !== null && deliveredBy !== null) {
    return `between ${moment(deliveredFrom)} and ${moment(deliveredBy)}${over}`;
  }
  if (fate === 'behind') {
    return `${WAITS[reason ?? ''] ?? reason}; ${number(lag)} behind`;
  }
  if (fate === 'had_before') {
    return `resumed with a cursor at or after it: an earlier session of the client got it${over}`;
  }
  return `${(fate === 'began_later' ? BEGINNINGS[reason ?? ''] : OTHERS[fate]) ?? words(reason ?? fate)}${over}`;
}

/** @param {Trace} trace */
export function outcome({ outcome: found, stream, events }) {
  if (found === 'found') {
    return events.length === 1 ? 'In the log.' : `In the log ${events.length} times: an id is unique within its source only.`;
  }
  if (stream === null) {
    return 'There is no such stream: nothing was published to it for a day, and no session has asked for it.';
  }
  if (events.length > 0) {
    return 'Not in the log any more. What became of it is known all the same.';
  }
  if (stream.oldestAt === null) {
    return `Not in the log, which holds no event of this stream now: it stands at ${stream.head}, and what there was has expired.`;
  }
  return `Not in the log. What the log holds begins at seq ${stream.oldest}, accepted at ${clock(stream.oldestAt)}, and ends at ${stream.head}. ` +
    'An event from before has expired; a later one was never accepted here: not published, refused, or with another org, service or id.';
}

/**
 * What happened when, first to last; what has no time stands at the end.
 *
 * @param {TracedEvent} event
 * @param {(id: string) => string} name of a node
 * @returns {{at: number | null, kind: string, detail: string}[]}
 */
export function line({ id, committedAt, position, type, source, bytes, nodes }, name) {
  const steps = nodes.map(({ id: node, answers, stream, arrival }) => {
    if (!answers) {
      return { at: null, kind: 'silent', detail: `${name(node)} did not answer` };
    }
    if (stream === null) {
      return { at: null, kind: 'not here', detail: `${name(node)}: no session follows the stream` };
    }
    if (arrival === null) {
      return { at: null, kind: 'not held', detail: `${name(node)}: its buffer holds seqs from ${stream.oldest} to ${stream.head ?? 'nothing yet'}` };
    }
    return { at: arrival.at, kind: arrival.way, detail: `${name(node)}: ${WAYS[arrival.way] ?? arrival.way}; sessions: ${number(stream.sessions)}` };
  });
  const committed = committedAt === null
    ? { at: null, kind: 'expired', detail: `${position}: the log holds it no more` }
    : { at: committedAt, kind: 'committed', detail: `as ${position}: ${id}, ${type} of ${source}, ${number(bytes ?? 0)} bytes` };
  return [committed, ...steps.sort((one, other) => (one.at ?? Infinity) - (other.at ?? Infinity) || 0)];
}

/**
 * How many sessions have which fate.
 *
 * @param {TracedEvent} event
 * @param {string} user who was asked for; empty when nobody was
 */
export function summary({ counts, sessions, remembered, silent }, user) {
  const since = remembered.completeSince === null ? '' : `, all that ended since ${clock(remembered.completeSince)}`;
  const ended = `the ${number(remembered.sessions)} that ended last${since}`;
  const missing = silent.length === 0 ? '' : ` ${silent.length} of the nodes did not answer.`;
  const all = Object.entries(counts).map(([fate, count]) => `${number(count)} ${words(fate)}`);
  if (all.length === 0) {
    return `No session of ${user === '' ? 'the org' : user}, on any node, nor among ${ended}.${missing}`;
  }
  return `${all.join(', ')}; ${number(sessions.length)} shown. Looked through the open sessions and ${ended}.${missing}`;
}

// SPDX-License-Identifier: Apache-2.0
import { parseCursorVector } from '../cursors.js';
import { isFrame } from '../frames.js';
import { openHttpLink } from './http-link.js';

/** The server answers an idle poll after so long. Milliseconds. */
export const POLL_MS = 25_000;

/** A server that answers with nothing before its time is not asked again at once. Milliseconds. */
const PAUSE_MS = 1_000;

/**
 * Polls, one request after the other (docs/protocol.md section 5). A new service counts from the next request on, which is made
 * at once; a new token from the next one that is due.
 *
 * @param {import('./link.js').LinkOptions} options
 * @param {import('./link.js').LinkListener} listener
 * @returns {import('./link.js').Link}
 */
export function openLongPoll(options, listener) {
  const { env } = options;
  /** The first answer, and one that is asked for as a sign of life, is not waited for. */
  let hasty = true;
  let quick = false;
  let askedAt = 0;
  /** @type {string | undefined} */
  let flags;
  /** The services whose subscription has been answered. @type {Set<string>} */
  const told = new Set();

  /** Every answer tells the flags. @param {string | null} text */
  const takeFlags = (text) => {
    if (text !== null && text !== flags) {
      flags = text;
      try {
        listener.onFrame({ ...JSON.parse(text), type: 'flags' });
      } catch {
        listener.onBadFrame('the flags of an answer are no JSON');
      }
    }
  };

  return openHttpLink(options, listener, (again) => ({
    transport: 'poll',
    path: 'v2/realtime/poll',
    query: (cursors) => {
      // Who waits for a subscription to be answered does not wait for the first event; once, for a server may not know it.
      quick = hasty || (!quick && Object.keys(cursors).some((service) => !told.has(service)));
      askedAt = env.now();
      return { timeoutMs: String(quick ? 0 : POLL_MS) };
    },
    take: async (response, asked, live) => {
      const body = response.status === 200 ? await response.json() : undefined;
      if (!live()) {
        return;
      }
      hasty = false;
      listener.onHeard();
      listener.onOpen();
      takeFlags(response.headers.get('sluice-flags'));
      const frames = Array.isArray(body?.frames) ? body.frames : [];
      const positions = parseCursorVector(String(body?.cursor ?? response.headers.get('sluice-cursor') ?? ''));
      for (const frame of [...attached(frames.filter(isFrame), positions, asked, told), ...frames]) {
        if (!live()) {
          return;
        }
        if (isFrame(frame)) {
          listener.onFrame(frame);
        } else {
          listener.onBadFrame('an answer has something that is no frame');
        }
      }
      if (live()) {
        again(frames.length === 0 && !quick && env.now() - askedAt < PAUSE_MS ? PAUSE_MS : 0);
      }
    },
    onSend: (frame) => frame.type === 'unsubscribe' && frame.services.forEach((service) => told.delete(service)),
    onProbe: () => (hasty = true),
    renews: false,
  }));
}

/**
 * What no poll says because every poll would: that the subscriptions hold, and where those begin that had no position.
 *
 * @param {import('../frames.js').ServerFrame[]} frames of the answer
 * @param {Record<string, import('../cursors.js').Cursor>} positions after the answer
 * @param {Record<string, import('../cursors.js').From>} asked
 * @param {Set<string>} told gets the services that are told now
 * @returns {import('../frames.js').SubscribedFrame[]}
 */
function attached(frames, positions, asked, told) {
  /** @type {import('../frames.js').SubscribedFrame[]} */
  const answers = [];
  for (const [service, from] of Object.entries(asked)) {
    const first = frames.find((frame) => 'service' in frame && frame.service === service);
    const end = positions[service];
    if (told.has(service) || (end === undefined && first === undefined)) {
      continue;
    }
    told.add(service);
    if (first?.type === 'subscribed') {
      continue;
    }
    // Where a subscription without a position began is just before the first of its events.
    const start = first?.type === 'event' ? { epoch: first.epoch, seq: first.seq - first.events.length } : end;
    if (typeof from !== 'string') {
      answers.push({ type: 'subscribed', service, ...from, recovered: true });
    } else if (start !== undefined) {
      answers.push({ type: 'subscribed', service, ...start });
    }
  }
  return answers;
}

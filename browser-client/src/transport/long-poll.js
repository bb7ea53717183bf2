// SPDX-License-Identifier: Apache-2.0
import { BROKEN } from '../close-codes.js';
import { parseCursorVector } from '../cursors.js';
import { isFrame } from '../frames.js';
import { endingOf, request } from './http.js';

/** The server answers an idle poll after so long. Milliseconds. */
export const POLL_MS = 25_000;

/** A server that answers with nothing before its time is not asked again at once. Milliseconds. */
const PAUSE_MS = 1_000;

/**
 * Polls, one request after the other (docs/protocol.md section 5). Each request says from where it goes on, so a new
 * service or a new token counts from the next request on, which is made at once.
 *
 * Without a service there is nothing to ask for: it is open, and waits for the first one.
 *
 * @param {import('./link.js').LinkOptions} options
 * @param {import('./link.js').LinkListener} listener
 * @returns {import('./link.js').Link}
 */
export function openLongPoll(options, listener) {
  const { env, wanted } = options;
  let closed = false;
  /** The first answer, and one that is asked for as a sign of life, is not waited for. */
  let hasty = true;
  let wasQuick = false;
  /** @type {string | undefined} */
  let flags;
  /** The services whose subscription has been answered. @type {Set<string>} */
  const told = new Set();
  let token = options.token;
  /** @type {AbortController | undefined} */
  let running;
  /** @type {unknown} */
  let next;

  const close = () => {
    closed = true;
    env.clearTimeout(next);
    running?.abort();
  };

  /** @param {import('./link.js').LinkEnding} ending */
  const end = (ending) => {
    if (!closed) {
      close();
      listener.onClose(ending);
    }
  };

  /** @param {number} ms */
  const runIn = (ms) => {
    env.clearTimeout(next);
    next = env.setTimeout(() => void (closed || run()), ms);
  };

  /**
   * @param {unknown[]} frames
   * @param {string} vector where the server says this leads
   * @param {Record<string, import('../cursors.js').From>} asked
   */
  const take = (frames, vector, asked) => {
    for (const frame of [...attached(frames.filter(isFrame), parseCursorVector(vector), asked, told), ...frames]) {
      if (closed) {
        return;
      }
      if (isFrame(frame)) {
        listener.onFrame(frame);
      } else {
        listener.onBadFrame('an answer has something that is no frame');
      }
    }
  };

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

  const run = async () => {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    const cursors = wanted();
    if (Object.keys(cursors).length === 0) {
      listener.onOpen();
      return;
    }
    const live = () => !closed && running === mine;
    const askedAt = env.now();
    // Who waits for a subscription to be answered does not wait for the first event; once, for a server may not know it.
    const quick = hasty || (!wasQuick && Object.keys(cursors).some((service) => !told.has(service)));
    wasQuick = quick;
    try {
      const response = await request(
        { ...options, token },
        'v2/realtime/poll',
        cursors,
        { timeoutMs: String(quick ? 0 : POLL_MS) },
        mine.signal,
      );
      const body = response.status === 200 ? await response.json() : undefined;
      if (!live()) {
        return;
      }
      if (response.status !== 200 && response.status !== 204) {
        const ending = await endingOf(response, env.wallTime);
        if (live()) {
          end(ending);
        }
        return;
      }
      hasty = false;
      listener.onHeard();
      listener.onOpen();
      takeFlags(response.headers.get('sluice-flags'));
      const frames = Array.isArray(body?.frames) ? body.frames : [];
      take(frames, String(body?.cursor ?? response.headers.get('sluice-cursor') ?? ''), cursors);
      if (live()) {
        runIn(frames.length === 0 && !quick && env.now() - askedAt < PAUSE_MS ? PAUSE_MS : 0);
      }
    } catch {
      if (live()) {
        end({ code: BROKEN });
      }
    }
  };

  runIn(0);
  return {
    transport: 'poll',
    send: (frame) => {
      if (closed) {
        return;
      }
      if (frame.type === 'refresh') {
        token = frame.token;
      } else if (frame.type === 'subscribe' || frame.type === 'unsubscribe') {
        if (frame.type === 'unsubscribe') {
          frame.services.forEach((service) => told.delete(service));
        }
        runIn(0);
      }
    },
    probe: () => {
      hasty = true;
      runIn(0);
    },
    close,
  };
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

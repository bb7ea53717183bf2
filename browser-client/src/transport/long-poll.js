// SPDX-License-Identifier: Apache-2.0
import { BROKEN, codeOf } from '../close-codes.js';
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
    const positions = parseCursorVector(vector);
    const told = new Set(frames.map((frame) => (isFrame(frame) && 'service' in frame ? frame.service : undefined)));
    for (const [service, { epoch, seq }] of Object.entries(positions)) {
      // "From the latest on" was a position all the time; the cursor is what tells which one.
      if (asked[service] === 'latest' && !told.has(service)) {
        listener.onFrame({ type: 'subscribed', service, epoch, seq });
      }
    }
    for (const frame of frames) {
      if (closed) {
        return;
      }
      if (!isFrame(frame)) {
        listener.onBadFrame('an answer has something that is no frame');
        continue;
      }
      listener.onFrame(frame);
      if (frame.type === 'error' && frame.fatal) {
        end({ code: codeOf(frame.code), retryAfterMs: frame.retryAfterMs });
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
    const wasHasty = hasty;
    try {
      const response = await request(
        { ...options, token },
        'v2/realtime/poll',
        cursors,
        { timeoutMs: String(hasty ? 0 : POLL_MS) },
        mine.signal,
      );
      const body = response.status === 200 ? await response.json() : undefined;
      if (!live()) {
        return;
      }
      if (response.status !== 200 && response.status !== 204) {
        end(endingOf(response, env.wallTime));
        return;
      }
      hasty = false;
      listener.onHeard();
      listener.onOpen();
      const frames = Array.isArray(body?.frames) ? body.frames : [];
      take(frames, String(body?.cursor ?? response.headers.get('sluice-cursor') ?? ''), cursors);
      if (live()) {
        runIn(frames.length === 0 && !wasHasty && env.now() - askedAt < PAUSE_MS ? PAUSE_MS : 0);
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

// SPDX-License-Identifier: Apache-2.0
import { BROKEN, codeOf } from '../close-codes.js';
import { isFrame } from '../frames.js';
import { endingOf, request } from './http.js';
import { SseParser } from './sse-parser.js';

/**
 * Opens a stream of server-sent events by fetch (docs/protocol.md section 5). There is no way to say anything on it: other
 * services or another token are asked for by opening it anew from the cursors, which loses nothing.
 *
 * Without a service there is nothing to ask for: it is open, and waits for the first one.
 *
 * @param {import('./link.js').LinkOptions} options
 * @param {import('./link.js').LinkListener} listener
 * @returns {import('./link.js').Link}
 */
export function openSse(options, listener) {
  const { env, wanted } = options;
  let closed = false;
  let token = options.token;
  /** @type {AbortController | undefined} */
  let running;
  /** @type {unknown} */
  let soon;
  /** What a fatal `error` said; the end of the stream says nothing. @type {import('./link.js').LinkEnding | undefined} */
  let lastWords;

  /** @param {import('./link.js').LinkEnding} ending */
  const end = (ending) => {
    if (!closed) {
      close();
      listener.onClose(ending);
    }
  };

  const close = () => {
    closed = true;
    env.clearTimeout(soon);
    running?.abort();
  };

  /** @param {string} data */
  const take = (data) => {
    const frame = parse(data);
    if (!isFrame(frame)) {
      listener.onBadFrame('an event is no frame');
      return;
    }
    if (frame.type === 'error' && frame.fatal) {
      lastWords = { code: frame.closeCode ?? codeOf(frame.code), retryAfterMs: frame.retryAfterMs };
    }
    listener.onFrame(frame);
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
    try {
      const response = await request({ ...options, token }, 'v2/realtime/sse', cursors, {}, mine.signal);
      if (!live()) {
        return;
      }
      if (response.status !== 200 || response.body === null) {
        const ending = await endingOf(response, env.wallTime);
        if (live()) {
          end(ending);
        }
        return;
      }
      listener.onHeard();
      const parser = new SseParser((data) => live() && take(data));
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let piece = await reader.read(); live() && !piece.done; piece = await reader.read()) {
        listener.onHeard();
        parser.push(piece.value);
      }
    } catch {
      // Aborted, or the network broke: what follows tells them apart.
    }
    if (live()) {
      end(lastWords ?? { code: BROKEN });
    }
  };

  // What is said in one go, or while the caller does not have the link yet, leads to one request.
  const runSoon = () => {
    env.clearTimeout(soon);
    soon = env.setTimeout(() => void (closed || run()), 0);
  };
  runSoon();

  return {
    transport: 'sse',
    send: (frame) => {
      if (closed) {
        return;
      }
      if (frame.type === 'refresh') {
        token = frame.token;
        runSoon();
      } else if (frame.type === 'subscribe' || frame.type === 'unsubscribe') {
        runSoon();
      }
    },
    probe: runSoon,
    close,
  };
}

/** @param {string} data */
function parse(data) {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

// SPDX-License-Identifier: Apache-2.0
import { BROKEN, codeOf } from '../close-codes.js';
import { isFrame } from '../frames.js';
import { openHttpLink } from './http-link.js';
import { SseParser } from './sse-parser.js';

/**
 * Opens a stream of server-sent events by fetch (docs/protocol.md section 5). Other services or another token are asked for by
 * opening it anew.
 *
 * @param {import('./link.js').LinkOptions} options
 * @param {import('./link.js').LinkListener} listener
 * @returns {import('./link.js').Link}
 */
export function openSse(options, listener) {
  /** What a fatal `error` said; the end of the stream says nothing. @type {import('./link.js').LinkEnding | undefined} */
  let lastWords;

  /** @param {string} data */
  const read = (data) => {
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

  return openHttpLink(options, listener, () => ({
    transport: 'sse',
    path: 'v2/realtime/sse',
    query: () => ({}),
    renews: true,
    take: async ({ body }, _, live) => {
      listener.onHeard();
      const parser = new SseParser((data) => live() && read(data));
      try {
        const reader = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (body).pipeThrough(new TextDecoderStream()).getReader();
        for (let piece = await reader.read(); live() && !piece.done; piece = await reader.read()) {
          listener.onHeard();
          parser.push(piece.value);
        }
      } catch {
        // There may have been last words all the same.
      }
      return lastWords ?? { code: BROKEN };
    },
  }));
}

/** @param {string} data */
function parse(data) {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

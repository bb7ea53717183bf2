// SPDX-License-Identifier: Apache-2.0
import { BROKEN } from '../close-codes.js';
import { endingOf, request } from './http.js';

/**
 * How a transport over HTTP asks, and what it does with a good answer.
 *
 * @typedef {object} Exchange
 * @property {import('../rollout.js').TransportName} transport
 * @property {string} path
 * @property {(cursors: Record<string, import('../cursors.js').From>) => Record<string, string>} query what else the address says
 * @property {(response: Response, asked: Record<string, import('../cursors.js').From>, live: () => boolean)
 *   => Promise<import('./link.js').LinkEnding | void>} take  `live`: whether anybody still wants to hear of it; gives how the
 *   link ended, if it did
 * @property {(frame: import('../frames.js').ClientFrame) => void} [onSend] told before what was sent leads to another request
 * @property {() => void} [onProbe]
 * @property {boolean} renews whether another token needs another request at once
 */

/**
 * What transports over HTTP have in common: there is no way to say anything but to ask anew, from the cursors, which loses
 * nothing. One request is under way at a time. Without a service there is nothing to ask for: it is open, and waits for the
 * first one.
 *
 * @param {import('./link.js').LinkOptions} options
 * @param {import('./link.js').LinkListener} listener
 * @param {(again: (ms: number) => void) => Exchange} exchange  `again`: asks again after so long, in the place of what is under way
 * @returns {import('./link.js').Link}
 */
export function openHttpLink(options, listener, exchange) {
  const { env, wanted } = options;
  let { token } = options;
  let closed = false;
  /** @type {AbortController | undefined} */
  let running;
  /** @type {unknown} */
  let next;

  const close = () => {
    closed = true;
    env.clearTimeout(next);
    running?.abort();
  };

  /** Not at once: what is said in one go, or while the caller does not have the link yet, leads to one request. @param {number} ms */
  const again = (ms) => {
    env.clearTimeout(next);
    next = env.setTimeout(() => void (closed || run()), ms);
  };

  const { transport, path, query, take, onSend, onProbe, renews } = exchange(again);

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
    const ask = async () => {
      const response = await request({ ...options, token }, path, cursors, query(cursors), mine.signal);
      if (live()) {
        const good = response.status === 200 || response.status === 204;
        return good ? take(response, cursors, live) : endingOf(response, env.wallTime);
      }
    };
    // What fails was aborted, or the network broke: whether it is live tells them apart.
    const ending = await ask().catch(() => ({ code: BROKEN }));
    if (ending !== undefined && live()) {
      close();
      listener.onClose(ending);
    }
  };

  again(0);
  return {
    transport,
    send: (frame) => {
      if (closed) {
        return;
      }
      onSend?.(frame);
      if (frame.type === 'refresh') {
        token = frame.token;
      }
      if (frame.type === 'subscribe' || frame.type === 'unsubscribe' || (frame.type === 'refresh' && renews)) {
        again(0);
      }
    },
    probe: () => {
      onProbe?.();
      again(0);
    },
    close,
  };
}

// SPDX-License-Identifier: Apache-2.0
import { BROKEN, OVERLOADED, RATE_LIMITED, TOKEN_EXPIRED } from '../close-codes.js';
import { cursorVector } from '../cursors.js';

/**
 * Asks the gateway for a stream or a poll. The token goes in a header: an address ends up in logs.
 *
 * @param {import('./link.js').LinkOptions} options
 * @param {string} path
 * @param {Record<string, import('../cursors.js').From>} cursors by service
 * @param {Record<string, string>} query what else the address says
 * @param {AbortSignal} signal
 * @returns {Promise<Response>}
 */
export function request({ env, url, token }, path, cursors, query, signal) {
  if (env.fetch === undefined) {
    return Promise.reject(new Error('there is no fetch here'));
  }
  const address = new URL(path, url);
  address.search = new URLSearchParams({
    services: Object.keys(cursors).join(','),
    ...query,
    ...(cursorVector(cursors) === '' ? {} : { cursor: cursorVector(cursors) }),
  }).toString();
  return env.fetch(address, {
    headers: { authorization: `Bearer ${token}` },
    cache: 'no-store',
    signal,
  });
}

/**
 * What an answer that is no success means, in close codes: the gateway says it in the problem that is the body; what stands
 * between it and here has only a status.
 *
 * @param {Response} response
 * @param {() => number} wallTime epoch milliseconds
 * @returns {Promise<import('./link.js').LinkEnding>}
 */
export async function endingOf(response, wallTime) {
  const { status, headers } = response;
  const retryAfterMs = retryAfter(headers.get('retry-after'), wallTime);
  const problem = await response.json().catch(() => undefined);
  const code = Number.isInteger(problem?.closeCode) ? problem.closeCode : BY_STATUS[status];
  return { code: code ?? BROKEN, ...retryAfterMs, unavailable: code === undefined && status < 500 };
}

/**
 * A 401 may mean an expired token or one that was never good: another one tells. The second in a row has to wait. A 403
 * without a close code is no word on the token: the transport is switched off, or something in between does not let it through.
 *
 * @type {Record<number, number>}
 */
const BY_STATUS = { 401: TOKEN_EXPIRED, 429: RATE_LIMITED, 503: OVERLOADED };

/**
 * @param {string | null} value seconds or a date (RFC 9110 section 10.2.3)
 * @param {() => number} wallTime
 * @returns {{retryAfterMs?: number}}
 */
function retryAfter(value, wallTime) {
  if (value === null) {
    return {};
  }
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - wallTime();
  return Number.isNaN(ms) ? {} : { retryAfterMs: Math.max(0, ms) };
}

// SPDX-License-Identifier: Apache-2.0
import { BROKEN, FORBIDDEN, OVERLOADED, RATE_LIMITED, TOKEN_EXPIRED } from '../close-codes.js';
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
 * What a status that is no success means, in close codes.
 *
 * @param {Response} response
 * @param {() => number} wallTime epoch milliseconds
 * @returns {import('./link.js').LinkEnding}
 */
export function endingOf({ status, headers }, wallTime) {
  const retryAfterMs = retryAfter(headers.get('retry-after'), wallTime);
  switch (status) {
    case 401:
      // Expired or never good: which, a new token tells. The second one in a row has to wait (ReconnectPolicy).
      return { code: TOKEN_EXPIRED };
    case 403:
      return { code: FORBIDDEN };
    case 429:
      return { code: RATE_LIMITED, ...retryAfterMs };
    case 503:
      return { code: OVERLOADED, ...retryAfterMs };
    default:
      return { code: BROKEN, unavailable: status < 500, ...retryAfterMs };
  }
}

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

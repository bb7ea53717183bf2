// SPDX-License-Identifier: Apache-2.0
import { environment } from './environment.js';

/**
 * Says of an event where it stands.
 *
 * @typedef {object} EventContext
 * @property {string} service
 * @property {string} epoch
 * @property {number} seq
 * @property {number} timestamp  when the log accepted the last event of its batch, epoch milliseconds
 * @property {boolean} replay  it was missed and now follows
 *
 * What a handler throws is reported as an `error` event and breaks nothing.
 * @typedef {(event: import('./frames.js').CloudEvent, context: EventContext) => void} EventHandler
 *
 * @typedef {object} ClientOptions
 * @property {string | URL} [url]  the gateway, `https://…`; by default where the page comes from
 * @property {import('./token-source.js').GetToken} [getToken]  asked for a token at the start, before the one in use ends,
 *   and when it is refused as expired; one call at a time
 * @property {string} [token]  the first token, or the only one
 * @property {string} [user]  for the rollout; by default the token's `sub`
 * @property {string[]} [services]  followed from the start, without a handler: see the `event` event
 * @property {Record<string, import('./cursors.js').Cursor>} [cursors]  where to go on, as `client.cursors()` once gave them
 * @property {(gap: import('./cursors.js').Gap) => void} [onGap]  events will not come; load the state anew
 * @property {boolean} [exposeMetrics]  makes `window.__realtimeMetrics()`; false by default
 * @property {boolean} [marks]  makes `performance.mark('sluice:<state>')` at each change of state; false by default
 * @property {Partial<import('./environment.js').Environment>} [environment]  for tests, and for `WebSocket` in Node 20
 * @property {boolean} [shareConnection]  one connection for all tabs of the user; true by default
 * @property {OpenSource} [source]  what feeds the client; by default a connection, shared or its own
 *
 * @typedef {(options: ConnectionOptions, env: import('./environment.js').Environment,
 *   listener: import('./source.js').SourceListener) => import('./source.js').Source} OpenSource
 *
 * @typedef {object} ConnectionOptions
 * @property {URL} url
 * @property {string | undefined} user
 * @property {string | undefined} token
 * @property {import('./token-source.js').GetToken | undefined} getToken
 */

/** What a service may be called (docs/protocol.md section 1). */
const SERVICE = /^[a-z][a-z0-9-]{0,62}$/;

/**
 * Checks a name before it gets a whole connection refused.
 *
 * @param {string} service
 * @throws {TypeError} for what cannot be one
 */
export function checkService(service) {
  if (!SERVICE.test(service)) {
    throw new TypeError(`'${service}' is no service: it must be like 'finance', [a-z][a-z0-9-]{0,62}`);
  }
}

/**
 * Checks the options and fills in the defaults.
 *
 * @param {ClientOptions} options
 * @returns {{env: import('./environment.js').Environment, connection: ConnectionOptions}}
 * @throws {TypeError} naming the option that is wrong
 */
export function readOptions({ url, user, token, getToken, services = [], cursors = {}, ...rest }) {
  const env = environment(rest.environment);
  for (const service of [...services, ...Object.keys(cursors)]) {
    checkService(service);
  }
  if (token === undefined && typeof getToken !== 'function') {
    throw new TypeError("'getToken' or 'token' is needed");
  }
  return { env, connection: { url: gatewayUrl(url, env.baseUrl), user, token, getToken } };
}

/**
 * @param {string | URL | undefined} given
 * @param {string | undefined} base
 */
function gatewayUrl(given, base) {
  const address = String(given ?? base ?? '');
  try {
    const url = new URL(address, base);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') {
      throw new TypeError();
    }
    if (!url.pathname.endsWith('/')) {
      // A page's own address ends in a file, a gateway's in a folder.
      url.pathname = given === undefined ? new URL('.', url).pathname : `${url.pathname}/`;
    }
    url.search = '';
    url.hash = '';
    return url;
  } catch {
    throw new TypeError(`'url' must be the http(s) address of a gateway, not '${address}'`);
  }
}

// SPDX-License-Identifier: Apache-2.0
import { createContext, createElement, useContext, useEffect, useRef, useSyncExternalStore } from 'react';

/**
 * @typedef {import('./client.js').Client} Client
 * @typedef {import('./client.js').EventHandler} EventHandler
 * @typedef {import('./client.js').Metrics} Metrics
 * @typedef {import('./client.js').State} State
 */

const Context = createContext(/** @type {Client | null} */ (null));

/** The metrics are shown anew this often. Milliseconds. */
const METRICS_MS = 1_000;

/**
 * Gives a client to what is inside. It belongs to the application, which makes it outside of the tree and closes it.
 *
 * @param {{client: Client, children?: import('react').ReactNode}} props
 */
export function RealtimeProvider({ client, children }) {
  return createElement(Context.Provider, { value: client }, children);
}

/**
 * The client of the nearest provider.
 *
 * @returns {Client}
 * @throws {Error} when there is no provider
 */
export function useRealtimeClient() {
  const client = useContext(Context);
  if (client === null) {
    throw new Error('useRealtime and its like need a <RealtimeProvider client={…}> around them');
  }
  return client;
}

/**
 * Follows a service while the component is there. The handler may be another function at each rendering; the newest one is
 * called, and the subscription stays.
 *
 * @param {string} service
 * @param {EventHandler} handler
 */
export function useRealtime(service, handler) {
  const client = useRealtimeClient();
  const newest = useRef(handler);
  useEffect(() => {
    newest.current = handler;
  });
  useEffect(() => client.subscribe(service, (event, context) => newest.current(event, context)), [client, service]);
}

/**
 * The state of the connection, as of now.
 *
 * @returns {State}
 */
export function useConnectionState() {
  const client = useRealtimeClient();
  return useSyncExternalStore(
    (changed) => listen(client, changed),
    () => client.state,
    () => 'connecting',
  );
}

/**
 * The metrics, anew each second and at each change of state.
 *
 * @returns {Metrics}
 */
export function useRealtimeMetrics() {
  const client = useRealtimeClient();
  /** @type {{current: {client: Client, metrics: Metrics} | undefined}} */
  const latest = useRef(undefined);
  const read = () => {
    if (latest.current?.client !== client) {
      latest.current = { client, metrics: client.metrics() };
    }
    return latest.current.metrics;
  };
  const subscribe = useRef((/** @type {() => void} */ _changed) => () => {});
  const subscribedTo = useRef(/** @type {Client | undefined} */ (undefined));
  if (subscribedTo.current !== client) {
    subscribedTo.current = client;
    subscribe.current = (changed) => {
      // The same snapshot until then: React asks often, and takes another object for a change.
      const renew = () => {
        latest.current = { client, metrics: client.metrics() };
        changed();
      };
      const timer = setInterval(renew, METRICS_MS);
      const unlisten = listen(client, renew);
      return () => {
        clearInterval(timer);
        unlisten();
      };
    };
  }
  return useSyncExternalStore(subscribe.current, read, read);
}

/**
 * @param {Client} client
 * @param {() => void} changed
 */
function listen(client, changed) {
  client.addEventListener('statechange', changed);
  return () => client.removeEventListener('statechange', changed);
}

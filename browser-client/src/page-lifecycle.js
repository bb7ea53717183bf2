// SPDX-License-Identifier: Apache-2.0

/**
 * @typedef {object} PageListener
 * @property {() => void} onDoubt the connection may have died unnoticed: the page was frozen or hidden, or the network went
 * @property {() => void} onHurry the network is back, or somebody looks at the page: a wait is better cut short
 * @property {() => void} onHide the page goes, perhaps into the back/forward cache, where an open socket is not welcome
 * @property {() => void} onShow the page is back from there
 */

/**
 * Listens to what happens to the page and the network. Where there is no page, nothing happens.
 *
 * @param {Pick<import('./environment.js').Environment, 'window' | 'document'>} env
 * @param {PageListener} listener
 * @returns {() => void} stops listening
 */
export function watchPage({ window, document }, listener) {
  const looked = () => {
    listener.onDoubt();
    listener.onHurry();
  };
  const unwatch = [
    on(window, 'online', looked),
    on(window, 'offline', () => listener.onDoubt()),
    on(window, 'pagehide', () => listener.onHide()),
    on(window, 'pageshow', (event) => {
      if (/** @type {PageTransitionEvent} */ (event).persisted) {
        listener.onShow();
      }
    }),
    on(document, 'resume', looked),
    on(document, 'visibilitychange', () => {
      if (document?.visibilityState === 'visible') {
        looked();
      }
    }),
  ];
  return () => unwatch.forEach((stop) => stop());
}

/**
 * @param {import('./environment.js').EventSourceLike | undefined} source
 * @param {string} type
 * @param {(event: Event) => void} listener
 */
function on(source, type, listener) {
  source?.addEventListener(type, listener);
  return () => source?.removeEventListener(type, listener);
}

// SPDX-License-Identifier: Apache-2.0

/**
 * Listens to whether the page runs. A page that is frozen, or goes into the back/forward cache, may hold no lock that others
 * wait for; one that comes back from there has missed what was said.
 *
 * @param {Pick<import('../environment.js').Environment, 'window' | 'document'>} env
 * @param {{onAway: () => void, onBack: () => void}} listener `onBack` may come without `onAway`
 * @returns {() => void} stops listening
 */
export function onPage({ window, document }, { onAway, onBack }) {
  const shown = (/** @type {Event} */ event) => {
    if (/** @type {PageTransitionEvent} */ (event).persisted) {
      onBack();
    }
  };
  window?.addEventListener('pagehide', onAway);
  window?.addEventListener('pageshow', shown);
  document?.addEventListener('freeze', onAway);
  document?.addEventListener('resume', onBack);
  return () => {
    window?.removeEventListener('pagehide', onAway);
    window?.removeEventListener('pageshow', shown);
    document?.removeEventListener('freeze', onAway);
    document?.removeEventListener('resume', onBack);
  };
}

// SPDX-License-Identifier: Apache-2.0
import { SluiceError } from './errors.js';

/**
 * Waits until the subscription of a service has been answered.
 *
 * @param {import('./subscriptions.js').Subscriptions} subscriptions
 * @param {string} service
 * @param {AbortSignal[]} signals each ends the wait
 * @returns {Promise<import('./cursors.js').Cursor>} the position then; rejects when a signal says so, or nobody follows the service
 */
export function whenAttached(subscriptions, service, signals) {
  return new Promise((resolve, reject) => {
    /** @type {() => void} */
    let forget = () => {};
    const settle = () => {
      forget();
      signals.forEach((signal) => signal.removeEventListener('abort', settle));
      const aborted = signals.find((signal) => signal.aborted);
      const cursor = subscriptions.cursors()[service];
      if (aborted !== undefined) {
        reject(aborted.reason);
      } else if (cursor === undefined) {
        reject(new SluiceError('not_followed', `'${service}' is not followed`, { service }));
      } else {
        resolve(cursor);
      }
    };
    const waits = service in subscriptions.wanted() && !subscriptions.isAttached(service);
    if (waits && !signals.some((signal) => signal.aborted)) {
      forget = subscriptions.onceAttached(service, settle);
      signals.forEach((signal) => signal.addEventListener('abort', settle));
    } else {
      settle();
    }
  });
}

// SPDX-License-Identifier: Apache-2.0
import { money, plural } from './format.js';

/** @typedef {{title: string, detail: string, value: string}} EventText */

/**
 * What a row says of a CloudEvent: of the samples what they are about; of any other event, what it calls itself.
 *
 * @param {any} event any JSON object, for it comes from strangers
 * @returns {EventText}
 */
export function eventText(event) {
  const { customer, person, title } = event.data ?? {};
  return {
    title: String(customer ?? person ?? title ?? event.subject ?? event.id),
    detail: String(event.type),
    value: valueOf(event.data ?? {}),
  };
}

/** @param {any} data */
function valueOf({ amount, currency, shift, pages }) {
  if (amount !== undefined) {
    return money(amount, currency);
  }
  if (typeof pages === 'number') {
    return plural(pages, 'page');
  }
  // Every array has a `shift`, too.
  return typeof shift === 'string' ? shift : '';
}

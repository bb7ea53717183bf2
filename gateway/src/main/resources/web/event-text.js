// SPDX-License-Identifier: Apache-2.0
import { money } from './format.js';

/** @typedef {{title: string, detail: string, value: string}} EventText */

/**
 * What a row says of a CloudEvent: customer and amount of a revenue; of any other event, what it calls itself.
 *
 * @param {any} event any JSON object, for it comes from strangers
 * @returns {EventText}
 */
export function eventText(event) {
  const { customer, amount, currency } = event.data ?? {};
  return {
    title: String(customer ?? event.subject ?? event.id),
    detail: String(event.type),
    value: amount === undefined ? '' : money(amount, currency),
  };
}

// SPDX-License-Identifier: Apache-2.0

const WHOLE = new Intl.NumberFormat('en');

/**
 * A number with separators.
 *
 * @param {number} number
 */
export function count(number) {
  return WHOLE.format(number);
}

/**
 * A duration, short.
 *
 * @param {number | undefined} ms
 * @returns {string} an en dash when there is none yet
 */
export function duration(ms) {
  if (ms === undefined) {
    return '–';
  }
  if (ms < 1) {
    return '<1 ms';
  }
  if (ms < 1_000) {
    return `${Math.round(ms)} ms`;
  }
  if (ms < 60_000) {
    return `${(ms / 1_000).toFixed(1)} s`;
  }
  return `${Math.round(ms / 60_000)} min`;
}

/**
 * "1 event", "2 events".
 *
 * @param {number} number
 * @param {string} noun
 */
export function plural(number, noun) {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/**
 * An amount of money; the plain texts when the currency is none that the browser knows.
 *
 * @param {unknown} amount
 * @param {unknown} currency
 */
export function money(amount, currency) {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency: String(currency) }).format(Number(amount));
  } catch {
    return `${amount} ${currency}`;
  }
}

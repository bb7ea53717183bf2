// SPDX-License-Identifier: Apache-2.0

const CUSTOMERS = [
  'Aurelia Optik',
  'Bergmann & Söhne',
  'Café Lindgren',
  'Dufour Imprimerie',
  'Estudio Vega',
  'Fjord Seafood',
  'Galleria Moretti',
  'Harbour Books',
  'Iversen Møbler',
  'Jansen Fietsen',
  'Keller Weinhandel',
  'Lumen Architects',
  'Maison Perrin',
  'Nordlys Energi',
  'Officina Bruni',
  'Papeterie Roux',
];

const CURRENCIES = ['EUR', 'EUR', 'EUR', 'EUR', 'GBP', 'USD', 'CHF'];

/** @typedef {{amount: string, currency: string, customer: string}} Revenue amount: decimal digits with a point */

/**
 * A revenue as a small company might book one: many small sums, few large ones.
 *
 * @param {() => number} [random] from 0 to 1
 * @returns {Revenue}
 */
export function randomRevenue(random = Math.random) {
  return {
    amount: (10 ** (1 + 3 * random())).toFixed(2),
    currency: pick(CURRENCIES, random),
    customer: pick(CUSTOMERS, random),
  };
}

/**
 * @param {string[]} values
 * @param {() => number} random
 */
function pick(values, random) {
  return values[Math.floor(random() * values.length)];
}

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
const PEOPLE = ['Amara Diallo', 'Birgit Holm', 'Chen Wei', 'Dario Conti', 'Elif Kaya', 'Farid Haddad', 'Grace Okafor'];
const SHIFTS = ['early shift', 'late shift', 'on call', 'back from leave'];
const DOCUMENTS = ['Offer', 'Invoice', 'Contract', 'Delivery note', 'Minutes'];
const CURRENCIES = ['EUR', 'EUR', 'EUR', 'EUR', 'GBP', 'USD', 'CHF'];

/** @typedef {() => number} Random from 0 to below 1 */

/** @type {Record<string, (random: Random) => {type: string, subject: string, data: object}>} */
const SAMPLES = {
  // As a small company might book one: many small sums, few large ones.
  finance: (random) => {
    const customer = pick(CUSTOMERS, random);
    const amount = (10 ** (1 + 3 * random())).toFixed(2);
    return { type: 'finance.revenue.created', subject: customer, data: { customer, amount, currency: pick(CURRENCIES, random) } };
  },
  staff: (random) => {
    const person = pick(PEOPLE, random);
    return { type: 'staff.shift.changed', subject: person, data: { person, shift: pick(SHIFTS, random) } };
  },
  documents: (random) => {
    const title = `${pick(DOCUMENTS, random)}, ${pick(CUSTOMERS, random)}`;
    return { type: 'documents.file.shared', subject: title, data: { title, pages: 1 + Math.floor(random() * 12) } };
  },
};

/**
 * A CloudEvent as the business application of a service might publish it.
 *
 * @param {string} service of a service that this page knows nothing of, the event is a plain one
 * @param {{org?: string | undefined, id: string, time: string, random?: Random}} around
 */
export function sampleEvent(service, { org, id, time, random = Math.random }) {
  const sample = SAMPLES[service] ?? (() => ({ type: `${service}.sample.created`, subject: 'A sample', data: {} }));
  return { specversion: '1.0', id, source: '/demo', time, org, service, ...sample(random) };
}

/**
 * @param {string[]} values not empty
 * @param {Random} random
 */
function pick(values, random) {
  return /** @type {string} */ (values[Math.floor(random() * values.length)]);
}

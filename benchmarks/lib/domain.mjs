// SPDX-License-Identifier: Apache-2.0
import { linesFile } from './load.mjs';

/** A small generator with a seed (mulberry32): the same events in every run. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/**
 * A file with the insides of 997 domain events as services write them: an order paid, a shift changed, a document signed; names that
 * repeat, numbers, dates and ids that do not.
 */
export function domainEvents() {
  const pick = random(5);
  const id = () => Array.from({ length: 4 }, () => pick(65536).toString(16).padStart(4, '0')).join('-');
  const time = () => `2026-0${1 + pick(9)}-${10 + pick(18)}T${10 + pick(14)}:${10 + pick(50)}:${10 + pick(50)}.${100 + pick(900)}Z`;
  const kinds = [
    () => ({ kind: 'order.paid', orderId: id(), customerId: id(), currency: 'EUR', net: pick(900000) / 100, vat: pick(20000) / 100, paidAt: time(),
      method: ['card', 'transfer', 'cash'][pick(3)] }),
    () => ({ kind: 'shift.changed', shiftId: id(), staffId: id(), location: `restaurant-${pick(40)}`, from: time(), to: time(), role: ['kitchen', 'service', 'bar'][pick(3)] }),
    () => ({ kind: 'document.signed', documentId: id(), title: `Contract ${pick(10000)}`, signedBy: id(), signedAt: time(), pages: 1 + pick(30), status: 'final' }),
  ];
  return linesFile(Array.from({ length: 997 }, (_, i) => JSON.stringify(kinds[i % 3]()).slice(1, -1)));
}

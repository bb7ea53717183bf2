// SPDX-License-Identifier: Apache-2.0

/**
 * Finds the highest rate that is still good: doubles it until it is not, then halves the distance (as a ratio) a few times.
 *
 * @param {(rate: number) => Promise<{ good: boolean }>} attempt
 * @param {{ from: number, to: number, bisections: number }} bounds
 * @returns {Promise<{ best: any, attempts: any[] }>} best: the attempt with the highest good rate, null if none was
 */
export async function ramp(attempt, { from, to, bisections }) {
  const attempts = [];
  const at = async (rate) => {
    const outcome = { rate, ...(await attempt(rate)) };
    attempts.push(outcome);
    return outcome.good;
  };
  let good = 0;
  let bad = 0;
  for (let rate = from; rate <= to && bad === 0; rate *= 2) {
    if (await at(rate)) good = rate;
    else bad = rate;
  }
  // Even the first was too much: look below it.
  while (good === 0 && bad > 1) {
    const rate = Math.floor(bad / 2);
    if (await at(rate)) good = rate;
    else bad = rate;
  }
  for (let i = 0; i < bisections && bad > 0 && good > 0 && bad / good > 1.05; i++) {
    const rate = Math.round(Math.sqrt(good * bad));
    if (await at(rate)) good = rate;
    else bad = rate;
  }
  const best = attempts.filter((one) => one.good).reduce((a, b) => (a && a.rate > b.rate ? a : b), null);
  return { best, attempts };
}

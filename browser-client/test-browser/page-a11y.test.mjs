// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { launch, open } from './chromium.mjs';
import { Showcase } from './showcase.mjs';

const url = String(process.env.SLUICE_URL);
const tokens = String(process.env.SLUICE_TOKENS).split(' ');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @type {import('playwright-core').Browser} */
let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/**
 * What WCAG 2.2 AA and the best practices forbid and the page does, of what is serious.
 *
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string[]>}
 */
async function violations(page) {
  // By the debugger, which the page's own policy does not bind.
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run());
  return found
    .filter((/** @type {any} */ { impact }) => impact === 'serious' || impact === 'critical')
    .map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ { html }) => html).join(' ')}`);
}

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`shouldHaveNothingSeriousAgainstItInThe_${colorScheme}`, { timeout: 120_000 }, async () => {
    // Given: rows of all kinds. Animations off, for a colour on its way is none that stays.
    const showcase = await Showcase.open(browser, { url, token: tokens.pop() }, { colorScheme, reducedMotion: 'reduce' });
    await showcase.publish(20);
    await showcase.press('Drop the line');
    await showcase.state('waiting');
    await showcase.publish(3);
    assert.deepEqual(await violations(showcase.page), [], 'while the line is down');
    await showcase.press('Reconnect now');
    await showcase.shows(23);
    await showcase.press('staff');
    assert.deepEqual(await violations(showcase.page), [], 'after the replay');
    assert.deepEqual(showcase.faults, []);
    await showcase.close();
  });

  test(`shouldHaveNothingSeriousAgainstItsFormInThe_${colorScheme}`, { timeout: 120_000 }, async () => {
    const { page, context, faults } = await open(browser, url, { colorScheme, reducedMotion: 'reduce' });
    await page.getByRole('textbox', { name: 'Token' }).waitFor();
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(faults, []);
    await context.close();
  });
}

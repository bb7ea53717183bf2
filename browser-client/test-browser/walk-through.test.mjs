// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open } from './chromium.mjs';

// The three nodes of docs/operations.md, behind haproxy and TLS with an authority that no browser knows.
const { SLUICE_URL: url = '', SLUICE_ADMIN: admin = '' } = process.env;

/** @type {import('playwright-core').Browser} */
let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

test('shouldShowTheThreeNodesInTheConsole', { timeout: 180_000 }, async () => {
  assert.match(url, /^https:/);
  const { page, context, faults } = await open(browser, new URL('console', url).href, { ignoreHTTPSErrors: true });
  try {
    await page.getByLabel('Token').fill(admin);
    await page.getByRole('button', { name: 'Sign in' }).click();
    for (const name of ['node-1', 'node-2', 'node-3']) {
      await page.locator('#nodes tr', { hasText: name }).getByText('ready', { exact: true }).waitFor();
    }
    await page.getByText('3 nodes, all ready').waitFor();
  } catch (failure) {
    assert.deepEqual(faults, [], String(failure)); // why, if the page knows
    throw failure;
  }
  assert.deepEqual(faults, []);
  await context.close();
});

// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { launch, open } from './chromium.mjs';
import { Cluster } from './cluster.mjs';

// The console of one node, with sessions on the others.
const options = { timeout: 180_000 };
const cluster = new Cluster();
const [asked, second, third] = /** @type {[Node, Node, Node]} */ (cluster.nodes);
const admin = cluster.token('operators', 'root', 3600, 'realtime:admin');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @typedef {import('./cluster.mjs').ClusterNode} Node */
/** @typedef {import('playwright-core').Page} Page */

/** @type {import('playwright-core').Browser} */
let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/**
 * A client that reads.
 *
 * @param {Node} node
 * @param {string} user
 */
function connect({ url }, user) {
  const address = new URL('v2/realtime/stream?services=finance', url.replace('http', 'ws'));
  const socket = new WebSocket(address, { headers: { authorization: `Bearer ${cluster.token('console-org', user)}` } });
  const closed = new Promise((resolve) => socket.on('close', resolve));
  return { closed, end: () => socket.terminate() };
}

/** @param {Node} node */
const consoleOf = ({ url }) => new URL('console', url).href;

/**
 * @param {Page} page
 * @param {string} token
 */
async function signIn(page, token) {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/**
 * @param {Page} page
 * @returns {Promise<string[]>} what WCAG 2.2 AA forbids and the page does, of what is serious
 */
async function violations(page) {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run());
  return found
    .filter((/** @type {any} */ { impact }) => impact === 'serious' || impact === 'critical')
    .map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ { html }) => html).join(' ')}`);
}

/** @param {Page} page @param {string} user */
const rowOf = (page, user) => page.locator('#sessions tr', { hasText: user });

test('shouldFindASessionOfAnotherNodeAndDisconnectIt', options, async () => {
  const victim = connect(second, 'console-victim');
  const witness = connect(third, 'console-witness');
  const { page, context, faults } = await open(browser, consoleOf(asked), { reducedMotion: 'reduce' });
  await signIn(page, admin);
  for (const { name } of cluster.nodes) {
    await page.locator('#nodes tr', { hasText: name }).getByText('ready', { exact: true }).waitFor();
  }
  await page.getByText('3 nodes, all ready').waitFor();
  assert.equal(await page.locator('#shards li').count(), 32);
  assert.equal(await page.locator('#shards .owner-none').count(), 0);
  await rowOf(page, 'console-witness').waitFor();

  await page.getByRole('searchbox').fill('CONSOLE-victim');
  await rowOf(page, 'console-witness').waitFor({ state: 'detached' });
  const row = rowOf(page, 'console-victim');
  assert.match(String(await row.textContent()), new RegExp(second.name));
  await row.getByRole('button', { name: 'Streams' }).click();
  await page.locator('#details-streams tr', { hasText: 'finance' }).getByText('attached').waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  await row.getByRole('button', { name: 'Disconnect' }).click();
  await page.locator('#confirm').getByRole('button', { name: 'Disconnect' }).click();

  assert.equal(await victim.closed, 4005);
  await row.waitFor({ state: 'detached' });
  await page.getByRole('searchbox').fill('console-');
  await rowOf(page, 'console-witness').waitFor();
  assert.equal(await page.locator('#sessions tr').count(), 1);
  assert.deepEqual(faults, []);
  await context.close();
  witness.end();
});

test('shouldLetNobodyInWhoIsNoOperatorAndForgetTheTokenWhenSignedOut', options, async () => {
  const { page, context, faults } = await open(browser, consoleOf(asked));
  await signIn(page, cluster.token('console-org', 'visitor'));
  await page.getByText('the token needs the scope realtime:admin').waitFor();
  assert.equal(await page.locator('#board').isVisible(), false);
  assert.deepEqual(faults.filter((fault) => !fault.includes('403')), []);

  await signIn(page, admin);
  await page.getByText('3 nodes, all ready').waitFor();
  await page.reload();
  await page.getByText('3 nodes, all ready').waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  assert.equal(await page.locator('#board').isVisible(), false);
  assert.deepEqual(await page.evaluate(() => [{ ...localStorage }, { ...sessionStorage }, document.cookie]), [{}, {}, '']);
  await page.reload();
  await page.getByLabel('Token').waitFor();
  await context.close();
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`shouldHaveNothingSeriousAgainstItInThe_${colorScheme}`, options, async () => {
    const reader = connect(second, 'console-reader');
    const { page, context } = await open(browser, consoleOf(asked), { colorScheme, reducedMotion: 'reduce' });
    assert.deepEqual(await violations(page), [], 'signed out');
    await signIn(page, admin);
    await rowOf(page, 'console-reader').waitFor();
    await page.locator('#throughput canvas').waitFor();
    assert.deepEqual(await violations(page), [], 'signed in');
    await context.close();
    reader.end();
  });
}

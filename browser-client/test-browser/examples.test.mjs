// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { launch, open } from './chromium.mjs';
import { CuttableProxy } from './cuttable-proxy.mjs';

const gateway = String(process.env.SLUICE_URL);
const tokens = String(process.env.SLUICE_TOKENS).split(' ');
/** The one whose pages the gateway lets connect. */
const port = String(process.env.SLUICE_EXAMPLES_PORT);
const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
const run = promisify(execFile);

/** @type {import('playwright-core').Browser} */
let browser;
before(async () => {
  // As its README says.
  const cwd = `${examples}react`;
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd });
  await run('npm', ['run', 'build'], { cwd });
  browser = await launch();
});
after(() => browser?.close());

/** Publishes so many events one after the other. @param {string} token @param {number} from @param {number} count */
async function publish(token, from, count) {
  const { org } = JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString());
  const events = Array.from({ length: count }, (_, i) => {
    const id = String(from + i);
    return { specversion: '1.0', id, source: '/test', type: 'test.happened', subject: `number ${id}`, org, service: 'finance' };
  });
  const response = await fetch(new URL('v2/realtime/events', gateway), {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents-batch+json', authorization: `Bearer ${token}` },
    body: JSON.stringify(events),
  });
  assert.equal(response.status, 200, await response.text());
}

for (const example of ['plain', 'react']) {
  test(`shouldReceiveEveryEventOnceInTheExample_${example}`, { timeout: 120_000 }, async () => {
    const token = String(tokens.pop());
    const proxy = new CuttableProxy(new URL(gateway));
    const url = await proxy.start();
    const server = spawn(process.execPath, [`${examples}serve.mjs`], {
      env: { ...process.env, SLUICE_URL: url, SLUICE_TOKEN: token, PORT: port },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(server.stdout, 'data');
      const { page, context, faults } = await open(browser, `http://127.0.0.1:${port}/${example}/`, { origins: [url] });
      /** @param {string} state */
      const state = (state) => page.locator('#state', { hasText: new RegExp(`^${state}$`) }).waitFor();
      /** @param {number} count @param {number} [timeout] */
      const shows = (count, timeout = 30_000) =>
        page.waitForFunction((wanted) => document.querySelectorAll('#events > li').length >= wanted, count, { timeout });

      await state('connected');
      // Connected is not yet subscribed, and what comes before that is not for this page.
      let before = 0;
      do {
        before++;
        await publish(token, before, 1);
      } while (!(await shows(1, 1_000).then(() => true, () => false)));
      const newest = page.locator('#events > li').first();
      await newest.filter({ hasText: `${before}: number ${before}` }).waitFor();
      const first = before + 1 - (await page.locator('#events > li').count());

      await publish(token, before + 1, 3);
      await shows(before + 4 - first);
      proxy.cut();
      await state('reconnecting');
      await publish(token, before + 4, 5);
      proxy.mend();
      await state('connected');
      const last = before + 9;
      await publish(token, last, 1);
      await shows(last + 1 - first);

      const texts = await page.locator('#events > li').allTextContents();
      assert.deepEqual(texts, Array.from({ length: last + 1 - first }, (_, i) => `${last - i}: number ${last - i}`));
      assert.deepEqual(faults, []);
      await context.close();
    } finally {
      server.kill();
      proxy.close();
    }
  });
}

// SPDX-License-Identifier: Apache-2.0
//
// Makes the pictures of docs/console.md from a real cluster: ./sluice cluster, and then
//
//     ADMIN=$(./sluice token --cluster --scope realtime:admin) USER_TOKEN=$(./sluice token --cluster) \
//       TOKENS="$(for user in ann bob carol dave; do ./sluice token --cluster --sub $user; done)" \
//       node browser-client/scripts/console-screenshot.mjs http://127.0.0.1:4000/ http://127.0.0.1:4001/ http://127.0.0.1:4002/
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { launch, open } from '../test-browser/chromium.mjs';

const MAX_BYTES = 150_000;
const SECONDS = 45;
const nodes = process.argv.slice(2);
const [admin, user] = [String(process.env['ADMIN']), String(process.env['USER_TOKEN'])];
const [ann, bob, carol, dave] = String(process.env['TOKENS']).split(/\s+/);
const picture = (/** @type {string} */ name) => fileURLToPath(new URL(`../../docs/images/${name}.png`, import.meta.url));
const headers = { authorization: `Bearer ${user}` };
/** @type {WebSocket[]} */
const sockets = [];

/**
 * @param {string | undefined} url
 * @param {string | undefined} token
 */
function connect(url, token) {
  const address = new URL('v2/realtime/stream?services=finance,staff', String(url).replace('http', 'ws'));
  const socket = new WebSocket(address, { headers: { authorization: `Bearer ${token}` } });
  sockets.push(socket);
  return socket;
}

let ids = 0;
/**
 * @param {number} count
 * @param {string} [text]
 * @returns {Promise<string>} the id of the last
 */
async function publish(count, text) {
  const events = Array.from({ length: count }, () => ({
    specversion: '1.0', id: `${Date.now()}-${ids++}`, source: '/picture', type: 'finance.revenue.created', service: 'finance', data: { amount: 1, text },
  }));
  const answer = await fetch(new URL('v2/realtime/events', nodes[ids % nodes.length]), {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  });
  if (!answer.ok) {
    throw new Error(`publishing was answered ${answer.status}`);
  }
  return String(events.at(-1)?.id);
}

/** @param {string} name */
function check(name) {
  const { size } = statSync(picture(name));
  console.log(`${picture(name)} bytes=${size}`);
  if (size > MAX_BYTES) {
    throw new Error(`${size} bytes are more than ${MAX_BYTES}`);
  }
}

nodes.forEach((url) => [1, 2].forEach(() => connect(url, user)));
const publishing = setInterval(() => publish(20 + Math.floor(30 * Math.random())).catch(console.error), 200);

const browser = await launch();
try {
  const { page, faults } = await open(browser, new URL('console', nodes[0]).href, { colorScheme: 'dark', viewport: { width: 1400, height: 1180 }, reducedMotion: 'reduce' });
  await page.getByLabel('Token').fill(admin);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForTimeout(SECONDS * 1000);
  await page.screenshot({ path: picture('console') });
  clearInterval(publishing);

  // Who reads, who does not, who is gone, who comes later.
  connect(nodes[1], ann);
  const stuck = connect(nodes[2], bob);
  const gone = connect(nodes[2], carol);
  await page.waitForTimeout(2_000);
  stuck.pause();
  gone.terminate();
  let id = '';
  for (let i = 0; i < 20; i++) {
    id = await publish(20, 'x'.repeat(40_000));
  }
  await page.waitForTimeout(2_000);
  connect(nodes[1], dave);
  await page.waitForTimeout(2_000);
  await page.getByLabel('Org', { exact: true }).fill('42');
  await page.getByLabel('Service', { exact: true }).fill('finance');
  await page.getByLabel('Event id').fill(id);
  await page.getByRole('button', { name: 'Trace' }).click();
  await page.getByText('In the log.').waitFor();
  await page.locator('section', { has: page.locator('#trace-form') }).screenshot({ path: picture('console-trace') });
  if (faults.length > 0) {
    throw new Error(`not a page to show: ${faults}`);
  }
} finally {
  clearInterval(publishing);
  sockets.forEach((socket) => socket.terminate());
  await browser.close();
}
check('console');
check('console-trace');

// SPDX-License-Identifier: Apache-2.0
//
// Makes the picture of docs/console.md from a real cluster: ./sluice cluster, and then
//
//     ADMIN=$(./sluice token --cluster --scope realtime:admin) USER_TOKEN=$(./sluice token --cluster) \
//       node browser-client/scripts/console-screenshot.mjs http://127.0.0.1:4000/ http://127.0.0.1:4001/ http://127.0.0.1:4002/
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { launch, open } from '../test-browser/chromium.mjs';

const MAX_BYTES = 150_000;
const SECONDS = 45;
const nodes = process.argv.slice(2);
const [admin, user] = [String(process.env['ADMIN']), String(process.env['USER_TOKEN'])];
const file = fileURLToPath(new URL('../../docs/images/console.png', import.meta.url));
const headers = { authorization: `Bearer ${user}` };

const sockets = nodes.flatMap((url) => [1, 2, 3].map(() => {
  const address = new URL('v2/realtime/stream?services=finance,staff', url.replace('http', 'ws'));
  return new WebSocket(address, { headers });
}));
let ids = 0;
const publishing = setInterval(() => {
  const events = Array.from({ length: 20 + Math.floor(30 * Math.random()) }, () => ({
    specversion: '1.0', id: `${Date.now()}-${ids++}`, source: '/picture', type: 'finance.revenue.created', service: 'finance', data: { amount: 1 },
  }));
  fetch(new URL('v2/realtime/events', nodes[ids % nodes.length]), {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  }).then((answer) => answer.ok || console.error(answer.status), console.error);
}, 200);

const browser = await launch();
try {
  const { page, faults } = await open(browser, new URL('console', nodes[0]).href, { colorScheme: 'dark', viewport: { width: 1400, height: 1180 }, reducedMotion: 'reduce' });
  await page.getByLabel('Token').fill(admin);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForTimeout(SECONDS * 1000);
  await page.screenshot({ path: file });
  if (faults.length > 0) {
    throw new Error(`not a page to show: ${faults}`);
  }
} finally {
  clearInterval(publishing);
  sockets.forEach((socket) => socket.terminate());
  await browser.close();
}
const { size } = statSync(file);
console.log(`${file} bytes=${size}`);
if (size > MAX_BYTES) {
  throw new Error(`${size} bytes are more than ${MAX_BYTES}`);
}

// SPDX-License-Identifier: Apache-2.0
//
// Makes the picture of the README from the real page: ./sluice demo, and then
//
//     node browser-client/scripts/screenshot.mjs [http://127.0.0.1:4000/]
import { mkdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launch } from '../test-browser/chromium.mjs';
import { holes, Showcase } from '../test-browser/showcase.mjs';

const MAX_BYTES = 200_000;
const url = process.argv[2] ?? 'http://127.0.0.1:4000/';
const folder = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const file = `${folder}demo.png`;

const browser = await launch();
try {
  const showcase = await Showcase.open(browser, { url }, { colorScheme: 'light', reducedMotion: 'reduce' });
  for (let i = 0; i < 45; i++) {
    await showcase.publish(1);
  }
  await showcase.press('Drop the line');
  await showcase.state('waiting');
  await showcase.publish(20);
  await showcase.state('live');
  await showcase.shows(65);
  for (let i = 0; i < 3; i++) {
    await showcase.publish(1);
  }
  await showcase.shows(68);
  const { duplicates, gaps } = await showcase.counters();
  if (duplicates + gaps + showcase.faults.length + holes(await showcase.positions()).length > 0) {
    throw new Error(`not a page to show: ${duplicates} duplicates, ${gaps} gaps, ${showcase.faults}`);
  }
  await showcase.page.mouse.move(0, 0);
  await showcase.page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
  mkdirSync(folder, { recursive: true });
  await showcase.page.screenshot({ path: file });
} finally {
  await browser.close();
}
const { size } = statSync(file);
console.log(`${file} bytes=${size}`);
if (size > MAX_BYTES) {
  throw new Error(`${size} bytes are more than ${MAX_BYTES}`);
}

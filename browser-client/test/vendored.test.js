// SPDX-License-Identifier: Apache-2.0

/* What the console of the gateway has of others is what its package-lock.json says, unchanged. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const vendor = new URL('../../gateway/src/main/resources/console/vendor/', import.meta.url);
const uPlot = new URL('../node_modules/uplot/', import.meta.url);

for (const [ours, theirs] of [['uPlot.js', 'dist/uPlot.esm.js'], ['uPlot.css', 'dist/uPlot.min.css'], ['LICENSE', 'LICENSE']]) {
  test(`shouldShipTheVeryFileOfThePackage_${ours}`, async () => {
    assert.equal(await readFile(new URL(String(ours), vendor), 'utf8'), await readFile(new URL(String(theirs), uPlot), 'utf8'));
  });
}

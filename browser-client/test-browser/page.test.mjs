// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './chromium.mjs';
import { holes, Showcase } from './showcase.mjs';

/** A gateway, and tokens for orgs in which nothing happens besides. */
const url = String(process.env.SLUICE_URL);
const tokens = String(process.env.SLUICE_TOKENS).split(' ');

/** @type {import('playwright-core').Browser} */
let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/**
 * A test with a page of its own, in an org of its own, at the end of which nothing bad may have happened.
 *
 * @param {string} name
 * @param {(showcase: Showcase) => Promise<void>} body
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
function onThePage(name, body, options) {
  const token = tokens.pop();
  test(name, { timeout: 120_000 }, async () => {
    const showcase = await Showcase.open(browser, { url, token }, options);
    await body(showcase);
    assert.deepEqual(showcase.faults, []);
    await showcase.close();
  });
}

onThePage('shouldShowEveryEventOnceWhenTheLineDropsBetweenThem', async (showcase) => {
  await showcase.publish(25);
  await showcase.shows(25);
  await showcase.press('Drop the line');
  await showcase.state('waiting');
  await showcase.publish(12);
  assert.equal((await showcase.counters()).events, 25, 'nothing came while the line was down');
  await showcase.state('live');
  await showcase.shows(37);
  assert.deepEqual(await showcase.counters(), { events: 37, replayed: 12, duplicates: 0, gaps: 0 });
  const positions = await showcase.positions();
  assert.deepEqual(Object.keys(positions).sort(), ['documents', 'finance', 'staff']);
  assert.equal(Object.values(positions).flat().length, 37);
  assert.deepEqual(holes(positions), []);
  assert.match(String(await showcase.page.locator('#drop-text').textContent()), /12 missed, 12 replayed/);
});

onThePage('shouldComeBackByTheButtonBeforeTheTimeIsUp', async (showcase) => {
  await showcase.press('Drop the line');
  await showcase.state('waiting');
  await showcase.publish(1);
  await showcase.press('Reconnect now');
  await showcase.state('live');
  await showcase.shows(1);
  assert.equal((await showcase.counters()).replayed, 1);
});

onThePage('shouldCatchUpWhenItHasBeenOffline', async (showcase) => {
  await showcase.press('Go offline');
  await showcase.page.getByText('Offline', { exact: true }).waitFor();
  await showcase.publish(22);
  assert.equal((await showcase.metrics()).connectionState, 'reconnecting');
  await showcase.press('Go online');
  await showcase.shows(22);
  assert.deepEqual(await showcase.counters(), { events: 22, replayed: 22, duplicates: 0, gaps: 0 });
  assert.deepEqual(holes(await showcase.positions()), []);
});

onThePage('shouldCatchUpWhenItHasNotReadForAWhile', async (showcase) => {
  await showcase.publish(2);
  await showcase.shows(2);
  await showcase.press('Stop reading');
  await showcase.page.getByText('Not reading').waitFor();
  await showcase.publish(40);
  assert.equal((await showcase.counters()).events, 2);
  await showcase.press('Read on');
  await showcase.shows(42);
  // The connection was never gone: what was unread is no replay.
  assert.deepEqual(await showcase.counters(), { events: 42, replayed: 0, duplicates: 0, gaps: 0 });
  assert.equal((await showcase.metrics()).totalDisconnects, 0);
});

onThePage('shouldShowOneServiceWhenItIsChosen', async (showcase) => {
  await showcase.publish(20);
  await showcase.shows(20);
  await showcase.press('staff');
  await showcase.publish(20);
  await showcase.shows(40);
  const visible = await showcase.page.locator('#feed-list > li[data-service]:visible').all();
  const services = await Promise.all(visible.map((row) => row.getAttribute('data-service')));
  assert.ok(services.length >= 26, `${services.length} rows: those of before, and all 20 that were published to it`);
  assert.deepEqual([...new Set(services)], ['staff']);
});

onThePage('shouldSayWhereItIsAndHowItDoes', async (showcase) => {
  await showcase.publish(20);
  await showcase.shows(20);
  /** @param {string} id */
  const detail = (id) => showcase.page.locator(`#detail-${id}`).textContent();
  assert.match(String(await detail('node')), /^node-\d$/);
  assert.equal(await detail('transport'), 'websocket');
  assert.match(String(await detail('leader')), /^(leader|follower)$/);
  assert.match(String(await detail('cursor')), /finance=\w+:7,/);
  const latencies = await showcase.page.locator('#feed-list .row-latency').allTextContents();
  assert.deepEqual(latencies.filter((text) => text !== '' && !/^(<1 ms|\d+ ms|\d+\.\d s)$/.test(text)), []);
  assert.ok(latencies.filter((text) => text !== '').length >= 20);
  const metrics = await showcase.metrics();
  assert.equal(metrics.eventsReceived, 20);
  assert.ok(metrics.p95LatencyMs >= 0 && metrics.p95LatencyMs < 30_000);
});

onThePage('shouldBeUsedByTheKeyboardAlone', async (showcase) => {
  const { keyboard } = showcase.page;
  const reached = new Set();
  for (let i = 0; i < 25; i++) {
    await keyboard.press('Tab');
    const { name, ring } = await showcase.page.evaluate(() => {
      const element = /** @type {HTMLElement} */ (document.activeElement);
      const shown = element.matches('.switch input') ? element.nextElementSibling : element;
      if (element === document.body) {
        return { name: '', ring: '' };
      }
      return { name: element.id || element.textContent, ring: getComputedStyle(/** @type {Element} */ (shown)).outlineStyle };
    });
    if (name && !reached.has(name)) {
      reached.add(name);
      assert.equal(ring, 'solid', `a ring around ${name} when it has the focus`);
    }
    if (name === 'publish-one') {
      await keyboard.press('Enter');
      await showcase.shows(1);
    }
  }
  for (const id of ['publish-one', 'publish-burst', 'steady', 'drop', 'offline', 'reading', 'staff', 'feed-list']) {
    assert.ok(reached.has(id), `${id} is reached by Tab; reached: ${[...reached]}`);
  }
});

for (const width of [320, 768, 1280]) {
  onThePage(
    `shouldFitAndMoveNothingByItselfWhenTheWindowIs${width}Wide`,
    async (showcase) => {
      await showcase.publish(20);
      await showcase.shows(20);
      await showcase.press('Drop the line');
      await showcase.state('waiting');
      await showcase.press('Reconnect now');
      await showcase.state('live');
      const wide = await showcase.page.evaluate(() => document.documentElement.scrollWidth);
      const shifts = await showcase.shifts();
      assert.equal(wide, width, 'no scrolling to the side');
      assert.deepEqual(shifts, []);
    },
    { viewport: { width, height: 800 } },
  );
}

// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BrowserTab, findChromium, launch, plainProfile, profile, until } from './browser.mjs';
import { Gateway } from './gateway.mjs';
import { Showcase } from './showcase.mjs';

const executable = findChromium();
if (executable === undefined) {
  console.log('SKIPPED: the browser tests need Chromium on the PATH, or at SLUICE_CHROMIUM');
}
const options = { skip: executable === undefined, timeout: 300_000 };

/** @type {Gateway} */
let gateway;
/** @type {import('playwright-core').Browser} */
let browser;
let ids = 0;

before(async () => {
  if (executable !== undefined) {
    gateway = await new Gateway().start();
    browser = await launch(executable);
  }
});

after(async () => {
  await browser?.close();
  await gateway?.stop();
});

/** @param {number} count */
const names = (count) => Array.from({ length: count }, () => `event-${++ids}`);

/** @param {import('node:test').TestContext} t @param {number} count @param {Record<string, unknown>} [client] @param {boolean} [plain] */
async function opened(t, count, client, plain = false) {
  const org = `org${++ids}`;
  const token = await gateway.token(org, 'ann');
  await until('no connection of another test', () => gateway.connections(), (n) => n === 0);
  const own = plain ? await plainProfile(String(executable), gateway.origin) : undefined;
  const context = own?.context ?? (await profile(browser, gateway.origin));
  t.after(() => (own ?? context).close());
  /** @type {BrowserTab[]} */
  const tabs = [];
  for (let i = 0; i < count; i++) {
    tabs.push(await BrowserTab.open(context, gateway.origin, token, client));
  }
  /** @param {number} n */
  const publish = async (n) => {
    const published = names(n);
    await gateway.publish(token, org, 'finance', published);
    return published;
  };
  const leader = async () => {
    const found = await until(
      'a leader',
      () => Promise.all(tabs.filter(({ page }) => !page.isClosed()).map(async (tab) => ({ tab, ...(await tab.metrics()) }))),
      (all) => all.some((metrics) => metrics.leader && metrics.connectionState === 'connected'),
    );
    assert.equal(found.filter((metrics) => metrics.leader).length, 1);
    return /** @type {BrowserTab} */ (found.find((metrics) => metrics.leader)?.tab);
  };
  return { context, tabs, org, token, publish, leader };
}

for (const count of [2, 5]) {
  test(`${count} tabs have one WebSocket, and all get every event`, options, async (t) => {
    const { tabs, publish, leader } = await opened(t, count);
    assert.equal(await gateway.connections(), 1);
    const all = [...(await publish(3)), ...(await publish(2))];
    await Promise.all(tabs.map((tab) => tab.has(all)));
    assert.equal(await gateway.connections(), 1);
    await leader();
    for (const tab of tabs) {
      const { transport, connectionState } = await tab.metrics();
      assert.deepEqual({ transport, connectionState }, { transport: 'websocket', connectionState: 'connected' });
    }
    });

  test(`the leader of ${count} tabs is closed: one resume, and no event is lost`, options, async (t) => {
    const { tabs, publish, leader } = await opened(t, count);
    const all = await publish(2);
    const first = await leader();
    await first.has(all);
    const rest = tabs.filter((tab) => tab !== first);
    const closedAt = Date.now();
    await first.page.close();
    all.push(...(await publish(5)));
    const seen = await Promise.all(rest.map((tab) => tab.has(all)));
    const resumed = Math.max(...seen.map((events) => events[events.length - 1]?.at ?? NaN));
    console.log(`tabs=${count} leader closed: events of the meantime were there after ${resumed - closedAt} ms`);
    await leader();
    assert.equal(await gateway.connections(), 1);
    });
}

test('a leader is frozen: another one takes over, and it goes on where it was', options, async (t) => {
  const { tabs, publish, leader } = await opened(t, 3, {}, true);
  const all = await publish(2);
  await Promise.all(tabs.map((tab) => tab.has(all)));
  const frozen = await leader();
  const rest = tabs.filter((tab) => tab !== frozen);
  await rest[0]?.page.bringToFront();
  const frozenAt = Date.now();
  await frozen.lifecycle('frozen');
  all.push(...(await publish(4)));
  const seen = await Promise.all(rest.map((tab) => tab.has(all)));
  console.log(`leader frozen: events of the meantime were there after ${Math.max(...seen.map((events) => events[5]?.at ?? NaN)) - frozenAt} ms`);
  const leading = (await Promise.all(rest.map((tab) => tab.metrics()))).map((metrics) => metrics.leader).sort();
  assert.deepEqual(leading, [false, true], 'one of the others leads now');
  assert.equal(await gateway.connections(), 1);
  await frozen.lifecycle('active');
  await frozen.has(all);
  all.push(...(await publish(1)));
  await Promise.all(tabs.map((tab) => tab.has(all)));
  assert.equal(await gateway.connections(), 1);
  await leader();
});

test('a frozen follower gets what it missed', options, async (t) => {
  const { tabs, publish, leader } = await opened(t, 2, {}, true);
  const first = await leader();
  const follower = /** @type {BrowserTab} */ (tabs.find((tab) => tab !== first));
  await first.page.bringToFront();
  await follower.lifecycle('frozen');
  const all = await publish(7);
  await first.has(all);
  await follower.lifecycle('active');
  await follower.has(all);
  assert.equal(await gateway.connections(), 1);
});

test('the renderer of the leader crashes: another tab takes over', options, async (t) => {
  const { tabs, publish, leader } = await opened(t, 2);
  const all = await publish(1);
  await Promise.all(tabs.map((tab) => tab.has(all)));
  const first = await leader();
  const second = /** @type {BrowserTab} */ (tabs.find((tab) => tab !== first));
  const crashed = new Promise((resolve) => first.page.once('crash', resolve));
  let both = false;
  second.page.once('crash', () => (both = true));
  first.page.goto('chrome://crash').catch(() => {});
  await crashed;
  assert.equal(both, false, 'each tab has a renderer of its own');
  all.push(...(await publish(3)));
  await second.has(all);
  assert.equal((await second.metrics()).leader, true);
  assert.equal(await gateway.connections(), 1);
});

test('offline and online again: all tabs go on', options, async (t) => {
  const { context, tabs, publish } = await opened(t, 2);
  const all = await publish(1);
  await Promise.all(tabs.map((tab) => tab.has(all)));
  await context.setOffline(true);
  await until('nobody is connected', () => Promise.all(tabs.map((tab) => tab.metrics())), (all) =>
    all.every(({ connectionState }) => connectionState === 'reconnecting'),
  );
  all.push(...(await publish(4)));
  await context.setOffline(false);
  await Promise.all(tabs.map((tab) => tab.has(all)));
  await until('one connection', () => gateway.connections(), (n) => n === 1);
});

test('two accounts in one browser never mix, and who wants no sharing has a connection', options, async (t) => {
  const { context, tabs, org, token, publish } = await opened(t, 1);
  const other = `org${++ids}`;
  const theirs = await gateway.token(other, 'ann');
  const colleague = await gateway.token(org, 'bob');
  const stranger = await BrowserTab.open(context, gateway.origin, theirs);
  const bob = await BrowserTab.open(context, gateway.origin, colleague);
  const own = await BrowserTab.open(context, gateway.origin, token, { shareConnection: false });
  assert.equal(await gateway.connections(), 4);
  const mine = await publish(2);
  const strange = names(3);
  await gateway.publish(theirs, other, 'finance', strange);
  await stranger.has(strange);
  await Promise.all([...tabs, bob, own].map((tab) => tab.has(mine)));
});

test('two tabs of the demo share a connection, without anybody having given a token', options, async (t) => {
  await until('no connection of another test', () => gateway.connections(), (n) => n === 0);
  const first = await Showcase.open(browser, { url: `${gateway.origin}/` });
  t.after(() => first.close());
  const second = await first.another({ url: `${gateway.origin}/` });
  assert.equal(await second.page.locator('#detail-leader').textContent(), 'follower');
  assert.equal(await gateway.connections(), 1);
  await second.publish(1);
  await Promise.all([first.shows(1), second.shows(1)]);
  assert.deepEqual([...first.faults, ...second.faults], []);
});

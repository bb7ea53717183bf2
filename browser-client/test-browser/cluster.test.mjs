// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Balancer } from './balancer.mjs';
import { BrowserTab, profile, until } from './browser.mjs';
import { launch } from './chromium.mjs';
import { Cluster } from './cluster.mjs';
import { Showcase } from './showcase.mjs';

// Everything here is asked of one cluster by one browser; each test has an org of its own, and the last one kills a node.
const options = { timeout: 180_000 };
const cluster = new Cluster();
const balancer = new Balancer(cluster.nodes.map(({ url }) => new URL(url)));
let ids = 0;
/** @type {string} */
let origin;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  origin = await balancer.start(Number(process.env['SLUICE_EXAMPLES_PORT']));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  balancer.close();
});

/** @param {BrowserTab[]} tabs */
const metricsOf = (tabs) => Promise.all(tabs.map((tab) => tab.metrics()));

/**
 * Waits until all tabs are connected by one transport.
 *
 * @param {BrowserTab[]} tabs
 * @param {import('../src/rollout.js').TransportName} transport
 */
const connectedBy = (tabs, transport) =>
  until(`all by ${transport}`, () => metricsOf(tabs), (all) => all.every((one) => one.connectionState === 'connected' && one.transport === transport));

/**
 * An org, and what is asked of it.
 *
 * @param {import('node:test').TestContext} t
 */
function org(t) {
  const name = `${t.name.replaceAll(/\W+/g, '-').slice(0, 40)}-${++ids}`;
  const token = cluster.token(name, 'ann');
  /** What has been published so far. @type {string[]} */
  const all = [];
  return {
    name,
    token,
    all,
    /** @param {number} count */
    publish: async (count) => {
      const events = Array.from({ length: count }, () => `event-${++ids}`);
      await cluster.publish(token, name, events);
      all.push(...events);
    },
    /** Every tab has all that was published, and nothing else. @param {BrowserTab[]} tabs */
    reaches: (tabs) => Promise.all(tabs.map((tab) => tab.has(all))),
  };
}

/**
 * A profile with tabs of one user.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} token
 * @param {number} count
 * @param {(context: import('playwright-core').BrowserContext) => Promise<unknown>} [prepare]
 */
async function tabsOf(t, token, count, prepare = async () => {}) {
  const context = await profile(browser, origin);
  t.after(() => context.close());
  await prepare(context);
  /** @type {BrowserTab[]} */
  const tabs = [];
  for (let i = 0; i < count; i++) {
    tabs.push(await BrowserTab.open(context, origin, token));
  }
  return { context, tabs };
}

/** The client's waits pass ten times as fast. @param {import('playwright-core').BrowserContext} context */
const hurried = (context) =>
  context.addInitScript(() => {
    /** @param {() => void} task @param {number} ms */
    const faster = (task, ms) => setTimeout(task, ms / 10);
    Object.assign(window, { functions: { environment: { setTimeout: faster } } });
  });

test('a token is renewed before it ends; one that ended is followed by another', options, async (t) => {
  const { name, publish, reaches } = org(t);
  const seconds = 4;
  let given = 0;
  let away = false;
  const first = cluster.token(name, 'ann', seconds);
  const { tabs } = await tabsOf(t, first, 2, async (context) => {
    await context.exposeFunction('freshToken', () => {
      assert.ok(!away, 'who gives tokens is away');
      given++;
      return cluster.token(name, 'ann', seconds);
    });
    await context.addInitScript(() => {
      Object.assign(window, { functions: { getToken: () => /** @type {any} */ (window).freshToken() } });
    });
  });
  await publish(1);
  await until('it has a third token, and the first is over', async () => given, (n) => n >= 2);
  await publish(1);
  await reaches(tabs);
  assert.deepEqual((await metricsOf(tabs)).map(({ totalDisconnects }) => totalDisconnects), [0, 0]);

  away = true;
  await until('the session ends with the token', () => tabs[0]?.changes() ?? assert.fail(), (changes) =>
    changes.some(({ reason }) => reason === 'token_expired'),
  );
  await publish(2);
  away = false;
  await connectedBy(tabs, 'websocket');
  await publish(1);
  await reaches(tabs);
});

test('a proxy blocks WebSockets, then streams, then lets all through again', options, async (t) => {
  const { token, publish, reaches } = org(t);
  t.after(() => balancer.block());
  const { tabs } = await tabsOf(t, token, 2, hurried);
  await connectedBy(tabs, 'websocket');
  await publish(2);
  balancer.block('websocket');
  await publish(2);
  await connectedBy(tabs, 'sse');
  await publish(2);
  await reaches(tabs);
  balancer.block('websocket', 'sse');
  await publish(2);
  await connectedBy(tabs, 'poll');
  await publish(2);
  await reaches(tabs);
  balancer.block();
  await connectedBy(tabs, 'websocket');
  await publish(2);
  await reaches(tabs);
});

test('the roll-back flag moves all tabs on all nodes to long polls at once, and back', options, async (t) => {
  const { name, token, publish, reaches } = org(t);
  t.after(() => cluster.realtime(true));
  const profiles = [await tabsOf(t, token, 2), await tabsOf(t, token, 2), await tabsOf(t, cluster.token(name, 'bob'), 1)];
  const tabs = profiles.flatMap((one) => one.tabs);
  await connectedBy(tabs, 'websocket');
  const nodes = await Promise.all(profiles.map(({ tabs: [leader] }) => leader?.node()));
  assert.equal(new Set(nodes).size, 3, `each profile on a node of its own: ${nodes}`);
  await publish(2);
  for (const [realtime, transport] of /** @type {const} */ ([
    [false, 'poll'],
    [true, 'websocket'],
  ])) {
    const changedAt = Date.now();
    await cluster.realtime(realtime);
    await publish(2);
    await connectedBy(tabs, transport);
    const ms = Date.now() - changedAt;
    console.log(`realtime=${realtime} all tabs connected by ${transport} after ${ms} ms`);
    assert.ok(ms < 15_000, 'at once: not by the next question about the flags');
    await publish(2);
    await reaches(tabs);
  }
});

test('tabs that were offline come back by the transport that they had', options, async (t) => {
  const { token, publish, reaches } = org(t);
  const { context, tabs } = await tabsOf(t, token, 2, hurried);
  /** @type {string[]} */
  const others = [];
  context.on('request', (request) => void (/realtime.(sse|poll)/.test(request.url()) && others.push(request.url())));
  await publish(1);
  await reaches(tabs);
  await context.setOffline(true);
  await until('several attempts in vain', () => metricsOf(tabs), (all) =>
    all.every((one) => one.connectionState === 'reconnecting' && (!one.leader || one.reconnectAttempts >= 4)),
  );
  await publish(3);
  await context.setOffline(false);
  await reaches(tabs);
  await connectedBy(tabs, 'websocket');
  assert.deepEqual(others, [], 'no other transport was tried');
});

test('tabs of the page share a connection, and another one leads when the leader is closed', options, async (t) => {
  const gateway = { url: `${origin}/`, token: org(t).token };
  await until('no connection of another test', () => cluster.connections(), (n) => n === 0);
  const first = await Showcase.open(browser, gateway);
  t.after(() => first.close());
  const others = [await first.another(gateway), await first.another(gateway)];
  /** @param {Showcase[]} pages */
  const roles = (pages) => Promise.all(pages.map(({ page }) => page.locator('#detail-leader').textContent()));
  assert.deepEqual(await roles([first, ...others]), ['leader', 'follower', 'follower']);
  await others[0]?.publish(20);
  await Promise.all([first, ...others].map((page) => page.shows(20)));
  assert.equal(await cluster.connections(), 1);
  await first.page.close();
  await others[1]?.publish(3);
  await Promise.all(others.map((page) => page.shows(23)));
  await until('one leads', () => roles(others), (all) => [...all].sort().join() === 'follower,leader');
  assert.equal(await cluster.connections(), 1);
  for (const page of others) {
    const { events, duplicates, gaps } = await page.counters();
    assert.deepEqual({ events, duplicates, gaps, faults: page.faults }, { events: 23, duplicates: 0, gaps: 0, faults: [] });
  }
});

test('a page of another origin may read what the client needs of an answer', options, async (t) => {
  const { token } = org(t);
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${origin}/v2/realtime/config`);
  const read = await page.evaluate(
    async ({ node, token }) => {
      const poll = new URL('v2/realtime/poll?services=finance&timeoutMs=0', node);
      const ask = async () => {
        const answer = await fetch(poll, { headers: { authorization: `Bearer ${token}` }, cache: 'no-store' });
        return { status: answer.status, flags: answer.headers.get('sluice-flags'), cursor: answer.headers.get('sluice-cursor'), body: await answer.text() };
      };
      const first = await ask();
      const { cursor } = JSON.parse(first.body);
      poll.searchParams.set('cursor', cursor);
      return { first, cursor, idle: await ask() };
    },
    { node: String(cluster.nodes[1]?.url), token },
  );
  assert.equal(JSON.parse(String(read.first.flags)).realtime, true);
  assert.equal(read.idle.status, 204);
  assert.equal(read.idle.cursor, read.cursor);
});

test('the node of a leader is killed: its tabs go on by another one, and no event is lost or comes twice', options, async (t) => {
  const { token, all, publish, reaches } = org(t);
  const profiles = [await tabsOf(t, token, 2), await tabsOf(t, token, 2), await tabsOf(t, token, 2)];
  const tabs = profiles.flatMap((one) => one.tabs);
  const [leader, follower] = /** @type {[BrowserTab, BrowserTab]} */ (profiles[0]?.tabs);
  const nodes = await Promise.all(profiles.map((one) => one.tabs[0]?.node()));
  assert.equal(new Set(nodes).size, 3, `each profile on a node of its own: ${nodes}`);
  await publish(3);
  await reaches(tabs);

  cluster.kill(String(nodes[0]));
  const killedAt = Date.now();
  const resumed = async () => (await leader.changes()).find(({ new: state, at }) => state === 'connected' && at >= killedAt);
  while ((await resumed()) === undefined) {
    await publish(1);
    assert.ok(Date.now() < killedAt + 60_000, 'it resumes in a minute');
  }
  const atResume = all.length;
  await publish(3);
  await reaches(tabs);
  console.log(`leader's node killed: connected again after ${Number((await resumed())?.at) - killedAt} ms, with ${atResume - 3} events of the meantime`);
  assert.notEqual(await leader.node(), nodes[0]);
  const { leader: leads, transport } = await leader.metrics();
  assert.deepEqual({ leads, transport }, { leads: true, transport: 'websocket' });
  assert.equal((await follower.metrics()).leader, false);
});

// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webcrypto } from 'node:crypto';
import { groupOf } from '../src/shared/group.js';
import { FakeBrowser, tokenOf } from './support/fake-browser.js';
import { FakeGateway } from './support/fake-gateway.js';

const ann = tokenOf({ sub: 'ann', org: 'acme', exp: 1_800_000_000 });
const bob = tokenOf({ sub: 'bob', org: 'acme', exp: 1_800_000_000 });

for (const locks of [true, false]) {
  const by = locks ? 'with Web Locks' : 'without Web Locks';

  /** @param {number} count */
  const opened = async (count, options = {}) => {
    const gateway = new FakeGateway();
    const browser = new FakeBrowser(gateway, { locks });
    const tabs = [];
    for (let i = 0; i < count; i++) {
      tabs.push(browser.open({ token: ann, services: ['finance'], ...options }));
      await browser.time.advance(3_000);
    }
    return { gateway, browser, tabs, time: browser.time };
  };

  test(`five tabs have one connection, and all get every event, ${by}`, async () => {
    const { gateway, tabs, time } = await opened(5);
    gateway.publish('acme', 'finance', 4);
    await time.advance(100);
    assert.equal(gateway.sessions.size, 1);
    assert.equal(gateway.connections, 1);
    tabs.forEach((tab) => assert.deepEqual(tab.seqs, [1, 2, 3, 4]));
    tabs.forEach(({ states }) => assert.deepEqual(states, ['connecting', 'connected']));
    assert.deepEqual(
      tabs.map(({ client }) => client.metrics().leader),
      [true, false, false, false, false],
    );
    for (const { client } of tabs) {
      assert.equal(client.metrics().transport, 'websocket');
      assert.equal(client.metrics().connectionState, 'connected');
      assert.equal(client.metrics().eventsReceived, 4);
      assert.equal(client.metrics().duplicatesDetected, 0);
      assert.ok(client.metrics().connectionUptimeSeconds > 2);
    }
  });

  for (const end of /** @type {const} */ (['crash', 'shut'])) {
    test(`the leader's end (${end}) costs one resume and no event, ${by}`, async () => {
      const { gateway, tabs, time } = await opened(3);
      gateway.publish('acme', 'finance', 2);
      await time.advance(100);
      tabs[0]?.[end]();
      gateway.publish('acme', 'finance', 3);
      await time.advance(60_000);
      gateway.publish('acme', 'finance', 1);
      await time.advance(100);
      assert.equal(gateway.sessions.size, 1);
      assert.equal(gateway.connections, 2);
      assert.deepEqual(tabs[1]?.seqs, [1, 2, 3, 4, 5, 6]);
      assert.deepEqual(tabs[2]?.seqs, [1, 2, 3, 4, 5, 6]);
      assert.equal(tabs.slice(1).filter(({ client }) => client.metrics().leader).length, 1);
      assert.ok(tabs.slice(1).every(({ client }) => client.metrics().totalDisconnects === 1));
    });
  }

  test(`subscriptions are merged, and go with the last tab that has them, ${by}`, async () => {
    const { gateway, browser, tabs, time } = await opened(2, { services: ['finance'] });
    const third = browser.open({ token: ann, services: ['staff', 'finance'] });
    await time.advance(2_000);
    const services = () => [...gateway.sessions].flatMap((session) => session.services).sort();
    assert.deepEqual(services(), ['finance', 'staff']);
    const leave = tabs[1]?.client.subscribe('documents', () => {});
    await time.advance(100);
    assert.deepEqual(services(), ['documents', 'finance', 'staff']);
    leave?.();
    await time.advance(100);
    assert.deepEqual(services(), ['finance', 'staff']);
    third.crash();
    await time.advance(locks ? 100 : 300_000);
    assert.deepEqual(services(), ['finance']);
    gateway.publish('acme', 'finance', 1);
    await time.advance(100);
    assert.deepEqual(tabs[1]?.seqs, [1]);
    assert.deepEqual(third.seqs, []);
  });

  test(`a tab that comes with an older position gets what it missed, the others nothing twice, ${by}`, async () => {
    const { gateway, browser, tabs, time } = await opened(2);
    gateway.publish('acme', 'finance', 5);
    await time.advance(100);
    const late = browser.open({ token: ann, services: ['finance'], cursors: { finance: { epoch: 'e1', seq: 2 } } });
    await time.advance(2_000);
    const all = browser.open({ token: ann });
    all.client.subscribe('finance', () => {}, { from: 'earliest' });
    await time.advance(2_000);
    const stale = browser.open({ token: ann, services: ['finance'], cursors: { finance: { epoch: 'old', seq: 2 } } });
    await time.advance(2_000);
    gateway.publish('acme', 'finance', 1);
    await time.advance(100);
    assert.equal(gateway.connections, 1);
    tabs.forEach((tab) => assert.deepEqual(tab.seqs, [1, 2, 3, 4, 5, 6]));
    assert.deepEqual(late.seqs, [3, 4, 5, 6]);
    assert.deepEqual(all.seqs, [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(stale.seqs, ['gap epoch_changed', 6]);
  });

  test(`what is lost to one tab is not lost to the others, ${by}`, async () => {
    const { gateway, browser, tabs, time } = await opened(2);
    gateway.publish('acme', 'finance', 9);
    await time.advance(100);
    gateway.log('acme', 'finance').oldest = 6;
    const late = browser.open({ token: ann, services: ['finance'], cursors: { finance: { epoch: 'e1', seq: 2 } } });
    await time.advance(1_000);
    gateway.publish('acme', 'finance', 1);
    await time.advance(100);
    tabs.forEach((tab) => assert.deepEqual(tab.seqs, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
    assert.deepEqual(late.seqs, ['gap expired', 10]);
  });

  test(`a frozen leader hands over before, and goes on from where it was after, ${by}`, async () => {
    const { gateway, tabs, time } = await opened(3);
    gateway.publish('acme', 'finance', 1);
    await time.advance(100);
    tabs[0]?.page.freeze();
    await time.advance(3_000);
    assert.equal(gateway.sessions.size, 1);
    gateway.publish('acme', 'finance', 2);
    await time.advance(600_000);
    assert.deepEqual(tabs[1]?.seqs, [1, 2, 3]);
    assert.deepEqual(tabs[0]?.seqs, [1]);
    tabs[0]?.page.resume();
    await time.advance(2_000);
    gateway.publish('acme', 'finance', 1);
    await time.advance(100);
    tabs.forEach((tab) => assert.deepEqual(tab.seqs, [1, 2, 3, 4]));
    assert.equal(gateway.sessions.size, 1);
    assert.equal(gateway.connections, 2);
  });

  test(`a leader that is frozen without a word is replaced, and follows when it is back, ${by}`, async () => {
    const { gateway, tabs, time } = await opened(3);
    tabs[0]?.page.freeze(false);
    gateway.publish('acme', 'finance', 2);
    await time.advance(60_000);
    assert.deepEqual(tabs[1]?.seqs, [1, 2]);
    assert.deepEqual(tabs[2]?.seqs, [1, 2]);
    tabs[0]?.page.resume();
    await time.advance(60_000);
    gateway.publish('acme', 'finance', 1);
    await time.advance(100);
    tabs.forEach((tab) => assert.deepEqual(tab.seqs, [1, 2, 3]));
    assert.equal(gateway.sessions.size, 1);
    assert.equal(tabs.filter(({ client }) => client.metrics().leader).length, 1);
  });

  test(`a tab that became the leader while it was frozen, and was replaced, follows when it is back, ${by}`, async () => {
    const { gateway, tabs, time } = await opened(3);
    tabs[1]?.page.freeze(false);
    tabs[0]?.crash();
    await time.advance(60_000);
    tabs[1]?.page.resume();
    await time.advance(60_000);
    gateway.publish('acme', 'finance', 1);
    await time.advance(100);
    tabs.slice(1).forEach((tab) => assert.deepEqual(tab.seqs, [1]));
    assert.equal(gateway.sessions.size, 1);
    assert.equal(tabs.slice(1).filter(({ client }) => client.metrics().leader).length, 1);
  });

  test(`a tab that was silent for long is taken on again, ${by}`, async () => {
    const { gateway, tabs, time } = await opened(2);
    tabs[1]?.page.freeze(false);
    await time.advance(500_000);
    gateway.publish('acme', 'finance', 2);
    await time.advance(100);
    tabs[1]?.page.resume();
    await time.advance(60_000);
    gateway.publish('acme', 'finance', 1);
    await time.advance(100);
    tabs.forEach((tab) => assert.deepEqual(tab.seqs, [1, 2, 3]));
    assert.equal(gateway.connections, 1);
  });

  test(`a tab to which something did not come is told it anew, ${by}`, async () => {
    const { gateway, tabs, time } = await opened(2);
    const page = tabs[1]?.page;
    assert.ok(page !== undefined);
    page.deaf = true;
    gateway.publish('acme', 'finance', 4);
    await time.advance(100);
    page.lose();
    page.catchUp();
    gateway.publish('acme', 'finance', 1);
    await time.advance(100);
    tabs.forEach((tab) => assert.deepEqual(tab.seqs, [1, 2, 3, 4, 5]));
    assert.equal(gateway.connections, 1);
  });

  test(`a renewed token of another user is not used for the connection of the first, ${by}`, async () => {
    const { gateway, browser, tabs, time } = await opened(1, { getToken: () => bob });
    tabs.push(browser.open({ token: ann, services: ['finance'] }));
    gateway.tokenMs = 200_000;
    gateway.cut();
    await time.advance(20_000);
    assert.equal(gateway.sessions.size, 1);
    assert.equal(tabs[0]?.client.metrics().leader, true);
    await time.advance(400_000);
    assert.equal(gateway.sessions.size, 2);
    gateway.publish('acme', 'finance', 2);
    await time.advance(100);
    tabs.forEach((tab) => assert.deepEqual(tab.seqs, [1, 2]));
    assert.deepEqual([...gateway.sessions].map(({ user }) => user).sort(), ['ann', 'bob']);
    assert.ok(gateway.refreshed.every((session) => session === 'bob with bob'), String(gateway.refreshed));
  });

  test(`two accounts share nothing, and no token is said, ${by}`, async () => {
    const { gateway, browser, tabs, time } = await opened(2);
    const narrow = tokenOf({ sub: 'ann', org: 'acme', exp: 1_800_000_000, services: ['finance'] });
    const others = [bob, narrow, 'opaque-1', 'opaque-1'].map((token) => browser.open({ token, services: ['finance'] }));
    await time.advance(5_000);
    assert.equal(gateway.sessions.size, 5);
    gateway.publish('acme', 'finance', 1);
    await time.advance(100);
    [...tabs, ...others.slice(0, 2)].forEach((tab) => assert.deepEqual(tab.seqs, [1]));
    const said = JSON.stringify(browser.said);
    [ann, bob, narrow, 'opaque-1'].forEach((token) => assert.ok(!said.includes(token)));
    assert.ok(said.includes('finance-e1-1'));
  });

  test(`a tab whose token becomes another user's changes to that user's connection, ${by}`, async () => {
    const { gateway, tabs, time } = await opened(2);
    tabs[0]?.client.setToken(bob);
    await time.advance(10_000);
    assert.equal(gateway.sessions.size, 2);
    gateway.publish('acme', 'finance', 2);
    await time.advance(100);
    tabs.forEach((tab) => assert.deepEqual(tab.seqs, [1, 2]));
    tabs[1]?.client.setToken(bob);
    await time.advance(10_000);
    assert.equal(gateway.sessions.size, 1);
    tabs[1]?.client.setToken(tokenOf({ sub: 'bob', org: 'acme', exp: 1_900_000_000 }));
    await time.advance(10_000);
    assert.equal(gateway.sessions.size, 1);
    assert.deepEqual(tabs.map(({ client }) => client.metrics().leader), [true, false]);
  });

  test(`a leader whose token is refused makes way for a tab with a good one, ${by}`, async () => {
    const { gateway, browser, tabs, time } = await opened(1);
    const better = tokenOf({ sub: 'ann', org: 'acme', exp: 1_900_000_000 });
    const second = browser.open({ token: better, services: ['finance'] });
    await time.advance(3_000);
    gateway.refused = ann;
    gateway.cut();
    await time.advance(30_000);
    gateway.publish('acme', 'finance', 1);
    await time.advance(100);
    assert.equal(second.client.metrics().leader, true);
    assert.deepEqual(second.seqs, [1]);
    assert.deepEqual(tabs[0]?.seqs, [1]);
    second.client.close();
    await time.advance(30_000);
    assert.equal(tabs[0]?.client.state, 'stopped');
    tabs[0]?.client.setToken(better);
    await time.advance(10_000);
    assert.equal(tabs[0]?.client.state, 'connected');
    assert.equal(gateway.sessions.size, 1);
  });

  test(`the network goes and comes for all of them, ${by}`, async () => {
    const { gateway, tabs, time } = await opened(3);
    gateway.up = false;
    gateway.cut();
    await time.advance(100);
    tabs.forEach(({ client }) => assert.equal(client.state, 'reconnecting'));
    gateway.publish('acme', 'finance', 7);
    gateway.up = true;
    await time.advance(60_000);
    tabs.forEach((tab) => assert.deepEqual(tab.seqs, [1, 2, 3, 4, 5, 6, 7]));
    tabs.forEach(({ client }) => assert.equal(client.state, 'connected'));
    assert.equal(gateway.sessions.size, 1);
  });

  test(`a tab alone leaves nothing behind when it closes, ${by}`, async () => {
    const { gateway, tabs, time } = await opened(2);
    tabs.forEach(({ client }) => client.close());
    await time.advance(1_000);
    assert.equal(gateway.sessions.size, 0);
    assert.equal(time.pending, 0);
    tabs.forEach(({ client }) => assert.equal(client.state, 'stopped'));
  });
}

test('the name of a group is the account, the gateway and the rights, and is not the token', async () => {
  const url = new URL('https://rt.example.com/');
  const renewed = tokenOf({ sub: 'ann', org: 'acme', exp: 1_900_000_000 });
  const name = await groupOf(url, undefined, ann, webcrypto.subtle);
  assert.match(String(name), /^sluice:[0-9a-f]{64}$/);
  assert.equal(await groupOf(url, undefined, renewed, webcrypto.subtle), name);
  const others = [
    groupOf(url, undefined, bob, webcrypto.subtle),
    groupOf(url, 'someone', ann, webcrypto.subtle),
    groupOf(new URL('https://rt.example.com/other/'), undefined, ann, webcrypto.subtle),
    groupOf(url, undefined, tokenOf({ sub: 'ann', org: 'other' }), webcrypto.subtle),
    groupOf(url, undefined, tokenOf({ sub: 'ann', org: 'acme', scope: 'realtime:publish' }), webcrypto.subtle),
  ];
  assert.equal(new Set([name, ...(await Promise.all(others))]).size, 6);
  assert.equal(await groupOf(url, undefined, tokenOf({ org: 'acme' }), webcrypto.subtle), undefined);
});

test('a client shares by itself where there are tabs, unless it is told not to', async () => {
  const gateway = new FakeGateway();
  const browser = new FakeBrowser(gateway);
  const shared = [undefined, undefined].map((source) => browser.open({ token: ann, source }));
  const own = browser.open({ token: ann, source: undefined, shareConnection: false });
  while (shared.some(({ client }) => client.state !== 'connected')) {
    await new Promise((resolve) => setImmediate(resolve));
    await browser.time.advance(100);
  }
  assert.equal(own.client.state, 'connected');
  assert.equal(gateway.sessions.size, 2);
  assert.deepEqual([...shared, own].map(({ client }) => client.metrics().leader).sort(), [false, true, true]);
});

test('where locks are refused a tab has a connection of its own', async () => {
  const gateway = new FakeGateway();
  const browser = new FakeBrowser(gateway);
  const locks = { request: () => Promise.reject(new DOMException('opaque origin', 'SecurityError')) };
  const tab = browser.open({ token: ann, services: ['finance'], environment: { locks } });
  await browser.time.advance(1_000);
  gateway.publish('acme', 'finance', 1);
  await browser.time.advance(100);
  assert.deepEqual(tab.seqs, [1]);
  assert.equal(tab.client.metrics().leader, true);
});

// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from './support/seeded.js';
import { FakeBrowser, tokenOf } from './support/fake-browser.js';
import { FakeGateway } from './support/fake-gateway.js';

/** Two accounts of two orgs, and a second one of the first org. */
const TOKENS = [
  { org: 'acme', token: tokenOf({ sub: 'ann', org: 'acme' }) },
  { org: 'other', token: tokenOf({ sub: 'ann', org: 'other' }) },
  { org: 'acme', token: tokenOf({ sub: 'bob', org: 'acme' }) },
];
/** For longer runs; these do not look for the shortest way to a failure. */
const RUNS = process.env['SLUICE_TAB_RUNS'];
const SERVICES = ['finance', 'staff'];

/**
 * What can befall a browser. `n` chooses among what there is.
 *
 * @typedef {{kind: string, n: number, ms: number}} Step
 */
const steps = fc.array(
  fc.record({
    kind: fc.constantFrom(
      ...['open', 'open', 'publish', 'publish', 'publish', 'crash', 'crashLeader', 'shut', 'close', 'freeze', 'freezeSilently'],
      ...['resume', 'resume', 'deaf', 'hear', 'hear', 'lose', 'cut', 'down', 'up', 'up', 'late', 'token', 'trim', 'epoch'],
    ),
    n: fc.nat(1_000),
    ms: fc.constantFrom(0, 0, 1, 1, 2, 3, 20, 600, 6_000, 40_000),
  }),
  { minLength: 5, maxLength: 60 },
);

for (const locks of [true, false]) {
  test(`whatever befalls the tabs: each position once, in order, or a gap, and nothing of others; locks: ${locks}`, async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (row) => {
        const world = new World(locks);
        for (const step of /** @type {Step[]} */ (row)) {
          await world.step(step);
        }
        await world.calm();
        world.check();
      }),
      { numRuns: Number(RUNS ?? 400), endOnFailure: RUNS !== undefined },
    );
  });
}

class World {
  #gateway = new FakeGateway();
  #browser;
  /** @type {{tab: import('./support/fake-browser.js').OpenTab, account: number, moved: boolean, gone: boolean}[]} */
  #tabs = [];
  /** The server lost something, so a gap may be told. */
  #lossy = false;

  /** @param {boolean} locks */
  constructor(locks) {
    this.#browser = new FakeBrowser(this.#gateway, { locks });
  }

  get #there() {
    return this.#tabs.filter(({ gone }) => !gone);
  }

  /** @param {Step} step */
  async step({ kind, n, ms }) {
    const there = this.#there;
    const one = there[n % Math.max(1, there.length)];
    const { org } = TOKENS[n % 2] ?? TOKENS[0] ?? { org: '' };
    const service = SERVICES[n % 3 === 0 ? 1 : 0] ?? '';
    switch (kind) {
      case 'open':
      case 'late':
        if (there.length < 6) {
          this.#open(n, kind === 'late');
        }
        break;
      case 'publish':
        this.#gateway.publish(org, service, 1 + (n % 7));
        break;
      case 'crashLeader':
      case 'crash': {
        const leader = there.find(({ tab }) => tab.client.metrics().leader);
        this.#end(kind === 'crash' ? one : (leader ?? one), (tab) => tab.crash());
        break;
      }
      case 'shut':
        this.#end(one, (tab) => tab.shut());
        break;
      case 'close':
        this.#end(one, (tab) => tab.client.close());
        break;
      case 'freeze':
      case 'freezeSilently':
        if (one !== undefined && !one.tab.page.frozen) {
          one.tab.page.freeze(kind === 'freeze');
        }
        break;
      case 'resume':
        there.forEach(({ tab: { page } }) => page.frozen && page.resume());
        break;
      case 'deaf':
        if (one !== undefined) {
          one.tab.page.deaf = true;
        }
        break;
      case 'hear':
        there.forEach(({ tab: { page } }) => page.deaf && page.catchUp());
        break;
      case 'lose':
        // A leader loses nothing: what it is told is not counted.
        there.forEach(({ tab: { page, client } }) => client.metrics().leader || page.lose());
        break;
      case 'cut':
        this.#gateway.cut();
        break;
      case 'down':
        this.#gateway.up = false;
        this.#gateway.cut();
        break;
      case 'up':
        this.#gateway.up = true;
        break;
      case 'token':
        if (one !== undefined && !one.tab.page.frozen) {
          // The same org, or else the positions mean nothing.
          one.account = one.account === 1 ? 1 : 2 - one.account;
          one.tab.client.setToken(TOKENS[one.account]?.token ?? '');
        }
        break;
      case 'trim': {
        const log = this.#gateway.log(org, service);
        log.oldest = Math.min(log.head + 1, log.oldest + (n % 9));
        this.#lossy = true;
        break;
      }
      case 'epoch':
        if (n % 3 === 0) {
          this.#gateway.renew(org, service);
          this.#lossy = true;
        }
        break;
    }
    await this.#browser.time.advance(ms);
  }

  /** @param {number} n @param {boolean} late whether it begins in the past */
  #open(n, late) {
    const account = n % TOKENS.length;
    const { org, token } = /** @type {{org: string, token: string}} */ (TOKENS[account]);
    const services = n % 4 === 0 ? SERVICES : [SERVICES[n % 2] ?? ''];
    const cursors = Object.fromEntries(
      services.map((service) => {
        const { name, head, oldest } = this.#gateway.log(org, service);
        return [service, { epoch: name, seq: Math.min(head, oldest - 1 + (n % 5)) }];
      }),
    );
    const tab = this.#browser.open({ token, services, ...(late ? { cursors } : {}) });
    this.#tabs.push({ tab, account, moved: false, gone: false });
  }

  /** @param {{tab: import('./support/fake-browser.js').OpenTab, gone: boolean} | undefined} one @param {(tab: import('./support/fake-browser.js').OpenTab) => void} by */
  #end(one, by) {
    if (one !== undefined && !one.tab.page.frozen) {
      one.gone = true;
      by(one.tab);
    }
  }

  /** All is well again, for as long as it takes. */
  async calm() {
    this.#gateway.up = true;
    this.#there.forEach(({ tab: { page } }) => {
      page.catchUp();
      page.frozen && page.resume();
    });
    await this.#browser.time.advance(400_000);
    TOKENS.forEach(({ org }) => SERVICES.forEach((service) => this.#gateway.publish(org, service, 2)));
    await this.#browser.time.advance(60_000);
  }

  check() {
    const accounts = new Set(this.#there.map(({ account }) => account));
    assert.equal(this.#gateway.sessions.size, accounts.size, 'one connection for each account');
    for (const { tab, account } of this.#tabs) {
      const { org } = /** @type {{org: string}} */ (TOKENS[account]);
      for (const service of SERVICES) {
        checkStream(tab.seen, org, service, this.#lossy);
      }
      assert.deepEqual(tab.errors, []);
    }
    for (const { tab, account } of this.#there) {
      const { org } = /** @type {{org: string}} */ (TOKENS[account]);
      assert.equal(tab.client.state, 'connected');
      for (const [service, cursor] of Object.entries(tab.client.cursors())) {
        const { name, head } = this.#gateway.log(org, service);
        assert.deepEqual(cursor, { epoch: name, seq: head }, 'all has come');
      }
      assert.notDeepEqual(tab.client.cursors(), {});
    }
  }
}

/**
 * @param {import('./support/fake-browser.js').OpenTab['seen']} seen
 * @param {string} org
 * @param {string} service
 * @param {boolean} lossy
 */
function checkStream(seen, org, service, lossy) {
  /** @type {{epoch: string, seq: number} | undefined} */
  let at;
  for (const item of seen) {
    if ('gap' in item) {
      if (item.gap.service === service) {
        assert.ok(lossy && item.gap.reason !== 'skipped', `a gap where nothing was lost: ${JSON.stringify(item.gap)}`);
        const { epoch, from, to } = item.gap;
        assert.ok(at === undefined || from === undefined || epoch !== at.epoch || from === at.seq + 1, `a gap from ${from} at ${at?.seq}`);
        at = to === undefined ? undefined : { epoch, seq: to };
      }
      continue;
    }
    assert.ok(item.id.startsWith(`${org}-`), `${item.id} is not of ${org}`);
    if (item.id.startsWith(`${org}-${service}-`)) {
      assert.equal(item.id, `${org}-${service}-${item.epoch}-${item.seq}`);
      assert.ok(at === undefined || (item.epoch === at.epoch && item.seq === at.seq + 1), `${item.epoch}:${item.seq} after ${JSON.stringify(at)}`);
      at = item;
    }
  }
}

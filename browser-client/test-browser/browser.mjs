// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

/** Where Chromium is: as the environment says, or on the PATH. @returns {string | undefined} */
export function findChromium() {
  const given = process.env['SLUICE_CHROMIUM'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  return given ?? folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
}

/** @param {string} executablePath */
export function launch(executablePath) {
  // A container has no user namespaces to make a sandbox of; what is loaded here is ours.
  return chromium.launch({ executablePath, headless: true, args: ['--no-sandbox'] });
}

/** What a test waits for may take so long on a machine that is busy. Milliseconds. */
export const PATIENCE_MS = 60_000;

/**
 * Waits until something holds.
 *
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} ask
 * @param {(value: T) => boolean} holds
 */
export async function until(what, ask, holds) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await ask();
    if (holds(value)) {
      return value;
    }
    assert.ok(Date.now() < end, `${what}: still ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * A context, which is a browser profile: its tabs see each other. The pages come from the gateway and load the very sources of
 * the package.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {string} origin
 */
export async function profile(browser, origin) {
  const context = await browser.newContext({ bypassCSP: true });
  await serveClient(context, origin);
  return context;
}

/**
 * A browser of its own whose tabs are as a user has them: only one is looked at, and the others can be frozen. (Those of
 * {@link launch} all count as looked at.)
 *
 * @param {string} executable
 * @param {string} origin
 */
export async function plainProfile(executable, origin) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-browser-'));
  const args = ['--headless', '--no-sandbox', '--no-first-run', '--remote-debugging-port=0', `--user-data-dir=${folder}`, 'about:blank'];
  const process = spawn(executable, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = new Promise((resolve) => process.once('exit', resolve));
  let address = '';
  for await (const line of createInterface({ input: process.stderr })) {
    address = /^DevTools listening on (.+)$/.exec(line)?.[1] ?? '';
    if (address !== '') {
      break;
    }
  }
  process.stderr.resume();
  const browser = await chromium.connectOverCDP(address, { noDefaults: true });
  const context = /** @type {import('playwright-core').BrowserContext} */ (browser.contexts()[0]);
  await serveClient(context, origin);
  const close = async () => {
    const session = await browser.newBrowserCDPSession();
    await session.send('Browser.close').catch(() => {});
    await exited;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { context, close };
}

/**
 * @param {import('playwright-core').BrowserContext} context
 * @param {string} origin
 */
async function serveClient(context, origin) {
  await context.route(`${origin}/test-client/**`, async (route) => {
    const path = new URL(route.request().url()).pathname.slice('/test-client/'.length);
    const body = await readFile(new URL(`../src/${path}`, import.meta.url), 'utf8');
    await route.fulfill({ contentType: 'text/javascript', body });
  });
}

/** One tab with a client in it that follows `finance`. */
export class BrowserTab {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
    /** @type {string[]} */
    this.problems = [];
    page.on('pageerror', (error) => this.problems.push(String(error)));
  }

  /**
   * @param {import('playwright-core').BrowserContext} context
   * @param {string} origin
   * @param {string} token
   * @param {Record<string, unknown>} [options] of the client; those that are functions a script of the context gives, as
   *   `window.functions`
   */
  static async open(context, origin, token, options = {}) {
    const tab = new BrowserTab(await context.newPage());
    // Any page of the gateway does; one that is not from there may not connect to this machine.
    await tab.page.goto(`${origin}/v2/realtime/config`);
    await tab.page.evaluate(
      async ({ url, token, options }) => {
        const { createClient } = await import(`${location.origin}/test-client/index.js`);
        const client = createClient({ url, token, services: ['finance'], ...options, .../** @type {any} */ (window).functions });
        /** @type {any[]} */
        const seen = [];
        client.addEventListener('event', (/** @type {any} */ { detail }) => seen.push({ seq: detail.seq, id: detail.event.id, at: Date.now() }));
        client.addEventListener('gap', (/** @type {any} */ { detail }) => seen.push({ gap: detail }));
        /** @type {any[]} */
        const changes = [];
        client.addEventListener('statechange', (/** @type {any} */ { detail }) => changes.push({ ...detail, at: Date.now() }));
        client.addEventListener('welcome', (/** @type {any} */ { detail }) => Object.assign(window, { node: detail.node }));
        Object.assign(window, { client, seen, changes });
        await client.ready('finance');
      },
      { url: `${origin}/`, token, options },
    );
    return tab;
  }

  /** @returns {Promise<{seq: number, id: string, at: number}[]>} */
  seen() {
    return this.page.evaluate(() => /** @type {any} */ (window).seen);
  }

  /** The changes of state since it was opened. @returns {Promise<(import('../src/state.js').StateChange & {at: number})[]>} */
  changes() {
    return this.page.evaluate(() => /** @type {any} */ (window).changes);
  }

  /** Where the connection that it leads was made; undefined when it leads none. @returns {Promise<string | undefined>} */
  node() {
    return this.page.evaluate(() => /** @type {any} */ (window).node);
  }

  /** @returns {Promise<import('../src/metrics.js').Metrics>} */
  metrics() {
    return this.page.evaluate(() => /** @type {any} */ (window).client.metrics());
  }

  /** Waits until it has all of these, and has nothing else. @param {string[]} ids */
  async has(ids) {
    await until('events', () => this.seen(), (seen) => seen.length >= ids.length);
    const seen = await this.seen();
    assert.deepEqual(seen.map(({ id }) => id), ids);
    seen.forEach(({ seq }, k) => assert.equal(seq, (seen[0]?.seq ?? 0) + k));
    assert.deepEqual(this.problems, []);
    return seen;
  }

  /** @param {'frozen' | 'active'} state */
  async lifecycle(state) {
    const session = await this.page.context().newCDPSession(this.page);
    await session.send('Page.setWebLifecycleState', { state });
    await session.detach();
  }
}

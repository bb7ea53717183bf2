// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** What a condition may take, on a machine that does other things, too. Milliseconds. */
export const PATIENCE_MS = 30_000;

/**
 * The Chromium of this machine: `SLUICE_CHROMIUM`, or the first on the PATH.
 *
 * @returns {string | undefined} undefined where there is none
 */
export function findChromium() {
  const candidates = [
    ...(process.env.SLUICE_CHROMIUM ? [process.env.SLUICE_CHROMIUM] : []),
    ...NAMES.flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name))),
  ];
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Starts it. Its sandbox does not work for root and in containers, and what it is shown here is ours. */
export function launch() {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error(`no Chromium on the PATH; looked for ${NAMES.join(', ')}`);
  }
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/**
 * Opens a page and remembers what should not have happened in it.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {import('playwright-core').BrowserContextOptions & {origins?: string[]}} [options] `origins`: other origins that it
 *   may ask, besides its own
 */
export async function open(browser, url, { origins = [], ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  return { context, ...(await openIn(context, url, origins)) };
}

/**
 * Opens another page of the same browser profile.
 *
 * @param {import('playwright-core').BrowserContext} context
 * @param {string} url
 * @param {string[]} [origins] other origins that it may ask, besides its own
 */
export async function openIn(context, url, origins = []) {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  /** @type {string[]} */
  const faults = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      faults.push(`console: ${message.text()} ${message.location().url}`);
    }
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.stack}`));
  const allowed = [url, ...origins].map((address) => new URL(address).host);
  const check = (/** @type {string} */ address) => {
    const { protocol, host, search } = new URL(address);
    if (protocol !== 'data:' && !allowed.includes(host)) {
      faults.push(`foreign request: ${address}`);
    }
    if (/token|eyJ/.test(search)) {
      faults.push(`a token in an address: ${address}`);
    }
  };
  page.on('request', (request) => check(request.url()));
  page.on('websocket', (socket) => check(socket.url()));
  await page.goto(url);
  return { page, faults };
}

// SPDX-License-Identifier: Apache-2.0
import { open, openIn } from './chromium.mjs';

/**
 * The page at `/`, as a visitor uses it.
 */
export class Showcase {
  /**
   * @param {import('playwright-core').Page} page
   * @param {import('playwright-core').BrowserContext} context
   * @param {string[]} faults what should not have happened in it
   */
  constructor(page, context, faults) {
    this.page = page;
    this.context = context;
    this.faults = faults;
  }

  /**
   * Opens it and waits until it is live.
   *
   * @param {import('playwright-core').Browser} browser
   * @param {{url: string, token?: string | undefined}} gateway without a token, the gateway is a demo and hands one out
   * @param {import('playwright-core').BrowserContextOptions} [options]
   */
  static async open(browser, gateway, options) {
    const { page, context, faults } = await open(browser, gateway.url, options);
    return new Showcase(page, context, faults).#connected(gateway.token);
  }

  /**
   * Opens it in another tab of the same browser, and waits until it is live.
   *
   * @param {{url: string, token?: string | undefined}} gateway
   */
  async another(gateway) {
    const { page, faults } = await openIn(this.context, gateway.url);
    return new Showcase(page, this.context, faults).#connected(gateway.token);
  }

  /** @param {string | undefined} token */
  async #connected(token) {
    if (token !== undefined) {
      await this.page.getByRole('textbox', { name: 'Token' }).fill(token);
      await this.press('Connect');
    }
    await this.state('live');
    return this;
  }

  /** Waits for a state of the pill. @param {'live' | 'waiting' | 'stopped'} state */
  async state(state) {
    await this.page.locator(`#pill[data-state="${state}"]`).waitFor();
  }

  /** @param {string} name */
  async press(name) {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  /**
   * Publishes so many, and waits until all are acknowledged.
   *
   * @param {number} events
   */
  async publish(events) {
    for (let left = events; left > 0; ) {
      const size = left >= 20 ? 20 : 1;
      const acknowledged = this.page.waitForResponse(
        (response) => response.url().endsWith('/v2/realtime/events') && response.status() === 200,
      );
      await this.press(size === 20 ? 'Publish 20' : 'Publish an event');
      await acknowledged;
      left -= size;
    }
  }

  /** Waits until it shows so many events. @param {number} events */
  async shows(events) {
    await this.page.waitForFunction((count) => document.getElementById('count-events')?.textContent === String(count), events);
  }

  /** What the counters say. */
  async counters() {
    /** @param {string} id */
    const read = async (id) => Number(await this.page.locator(`#count-${id}`).textContent());
    return {
      events: await read('events'),
      replayed: await read('replayed'),
      duplicates: await read('duplicates'),
      gaps: await read('gaps'),
    };
  }

  /**
   * The positions that the feed shows, oldest first, by service.
   *
   * @returns {Promise<Record<string, number[]>>}
   */
  positions() {
    return this.page.evaluate(() => {
      /** @type {Record<string, number[]>} */
      const found = {};
      for (const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#feed-list [data-seq]'))) {
        (found[String(row.dataset.service)] ??= []).unshift(Number(row.dataset.seq));
      }
      return found;
    });
  }

  /** What the client says of itself. @returns {Promise<import('../src/index.js').Metrics>} */
  metrics() {
    return this.page.evaluate(() => /** @type {any} */ (globalThis).__realtimeMetrics());
  }

  /**
   * What has moved by itself since the page was opened, and not because the visitor pressed something.
   *
   * @returns {Promise<string[]>}
   */
  shifts() {
    return this.page.evaluate(
      () =>
        new Promise((resolve) => {
          // Buffered, so that it has what was before; none at all is no call.
          const observer = new PerformanceObserver((list) => told(list.getEntries()));
          const told = (/** @type {any[]} */ entries) =>
            resolve(
              entries
                .filter(({ hadRecentInput }) => !hadRecentInput)
                .map(({ value, sources }) => {
                  const moved = sources.map((/** @type {any} */ { node }) => node?.id || node?.className || node?.nodeName);
                  return `${value}: ${moved.join()}`;
                }),
            );
          observer.observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => told(observer.takeRecords()), 500);
        }),
    );
  }

  async close() {
    await this.context.close();
  }
}

/**
 * The services in which a position is missing, comes twice, or comes too early.
 *
 * @param {Record<string, number[]>} positions
 */
export function holes(positions) {
  return Object.entries(positions).filter(([, seqs]) => seqs.some((seq, i) => i > 0 && seq !== Number(seqs[i - 1]) + 1));
}

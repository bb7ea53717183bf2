// SPDX-License-Identifier: Apache-2.0
import { createClient } from '../../src/client.js';
import { Tab } from '../../src/shared/tab.js';
import { FakeTime, settle } from './fake-time.js';

/**
 * One lock manager, as the browser has it: first come, first served; what a page holds goes with the page.
 */
class FakeLocks {
  /** @type {Map<string, {held: Holder | undefined, waiting: Holder[]}>} */
  #locks = new Map();

  /** @param {string} name */
  holder(name) {
    return this.#locks.get(name)?.held?.tab;
  }

  /** @param {FakeTab} tab */
  of(tab) {
    /**
     * @param {string} name
     * @param {{steal?: boolean, signal?: AbortSignal}} options
     * @param {() => Promise<void>} task
     */
    const request = (name, { steal = false, signal }, task) =>
      new Promise((resolve, reject) => {
        const lock = this.#locks.get(name) ?? { held: undefined, waiting: [] };
        this.#locks.set(name, lock);
        /** @type {Holder} */
        const holder = { tab, task, resolve, reject };
        if (steal) {
          lock.held?.reject(new DOMException('stolen', 'AbortError'));
          lock.held = undefined;
          lock.waiting.unshift(holder);
        } else {
          lock.waiting.push(holder);
        }
        signal?.addEventListener('abort', () => {
          if (lock.waiting.includes(holder)) {
            lock.waiting.splice(lock.waiting.indexOf(holder), 1);
            reject(signal.reason);
          }
        });
        queueMicrotask(() => this.#grant(name));
      });
    return { request };
  }

  /** The page is gone. @param {FakeTab} tab */
  drop(tab) {
    for (const [name, lock] of this.#locks) {
      lock.waiting = lock.waiting.filter((holder) => holder.tab !== tab);
      if (lock.held?.tab === tab) {
        lock.held = undefined;
        this.#grant(name);
      }
    }
  }

  /** @param {string} name */
  #grant(name) {
    const lock = this.#locks.get(name);
    if (lock === undefined || lock.held !== undefined) {
      return;
    }
    const next = lock.waiting.shift();
    lock.held = next;
    next?.tab.run(() =>
      next.task().then(() => {
        next.resolve();
        if (lock.held === next) {
          lock.held = undefined;
          this.#grant(name);
        }
      }),
    );
  }
}

/** @typedef {{tab: FakeTab, task: () => Promise<void>, resolve: (value?: unknown) => void, reject: (error: unknown) => void}} Holder */

/** A page and its client. What happens to it while it is frozen happens when it runs again. */
export class FakeTab {
  window = new EventTarget();
  document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  dead = false;
  frozen = false;
  /** Messages are on their way to it, and stay there. */
  deaf = false;
  /** @type {(() => void)[]} */
  #later = [];
  /** @type {(() => void)[]} */
  #inbox = [];

  /** @param {() => void} task */
  run(task) {
    if (this.frozen) {
      this.#later.push(task);
    } else if (!this.dead) {
      task();
    }
  }

  /** @param {() => void} message */
  hear(message) {
    if (this.deaf) {
      this.#inbox.push(message);
    } else {
      this.run(message);
    }
  }

  catchUp() {
    this.deaf = false;
    this.#inbox.splice(0).forEach((message) => this.run(message));
  }

  lose() {
    this.#inbox = [];
  }

  /** @param {boolean} [told] whether the page hears of it before */
  freeze(told = true) {
    if (told) {
      this.document.dispatchEvent(new Event('freeze'));
    }
    this.frozen = true;
  }

  resume() {
    this.frozen = false;
    this.document.dispatchEvent(new Event('resume'));
    this.#later.splice(0).forEach((task) => this.run(task));
  }
}

/** A token of the kind that says whose it is. @param {Record<string, unknown>} claims */
export function tokenOf(claims) {
  return `h.${btoa(JSON.stringify(claims)).replaceAll('+', '-').replaceAll('/', '_')}.s`;
}

/** Several tabs of one browser, and what they share: time, locks, channels and a gateway. */
export class FakeBrowser {
  time = new FakeTime();
  locks = new FakeLocks();
  /** @type {Set<{name: string, tab: FakeTab, hear: (data: unknown) => void}>} */
  #channels = new Set();
  /** All that was ever said, with the channel. @type {{name: string, data: any}[]} */
  said = [];
  #seed = 1;

  /**
   * @param {import('./fake-gateway.js').FakeGateway} gateway
   * @param {{locks?: boolean}} [options]
   */
  constructor(gateway, { locks = true } = {}) {
    this.gateway = gateway;
    this.withLocks = locks;
  }

  /**
   * Opens a tab.
   *
   * @param {Partial<import('../../src/options.js').ClientOptions>} options
   */
  open(options) {
    const page = new FakeTab();
    const { time } = this;
    const browser = this;
    class Channel {
      /** @type {((event: MessageEvent) => void) | null} */
      onmessage = null;
      /** @param {string} name */
      constructor(name) {
        this.port = { name, tab: page, hear: (/** @type {unknown} */ data) => this.onmessage?.(/** @type {MessageEvent} */ ({ data })) };
        browser.#channels.add(this.port);
      }
      /** @param {unknown} message */
      postMessage(message) {
        if (!page.dead) {
          const { name } = this.port;
          browser.said.push({ name, data: message });
          const others = [...browser.#channels].filter((port) => port !== this.port && port.name === name);
          others.forEach((port) => {
            const data = structuredClone(message);
            queueMicrotask(() => port.tab.hear(() => browser.#channels.has(port) && port.hear(data)));
          });
        }
      }
      close() {
        browser.#channels.delete(this.port);
      }
    }
    const client = createClient({
      url: 'https://rt.example.com/',
      // At once; without this it is loaded first, and fake time does not wait for that.
      source: (settings, env, listener) => new Tab(settings, env, listener),
      ...options,
      environment: {
        now: time.now,
        wallTime: time.wallTime,
        setTimeout: (task, ms) => {
          const timer = { cleared: false, id: 0 };
          timer.id = time.setTimeout(() => page.run(() => timer.cleared || task()), ms);
          return timer;
        },
        clearTimeout: (timer) => {
          if (timer !== undefined) {
            const { id } = Object.assign(/** @type {{id: number}} */ (timer), { cleared: true });
            time.clearTimeout(id);
          }
        },
        random: () => this.#random(),
        WebSocket: this.gateway.socketFor(page, time),
        fetch: async () => {
          throw new TypeError('no route');
        },
        window: page.window,
        document: page.document,
        locks: this.withLocks ? this.locks.of(page) : undefined,
        BroadcastChannel: Channel,
        subtle: undefined,
        ...options.environment,
      },
    });
    return new OpenTab(this, page, client);
  }

  /** The page is gone, without a word. @param {FakeTab} page */
  crash(page) {
    page.dead = true;
    page.frozen = false;
    this.#channels.forEach((port) => port.tab === page && this.#channels.delete(port));
    this.locks.drop(page);
    this.gateway.gone(page);
  }

  // Numbers that differ, and are the same in each run.
  #random() {
    this.#seed = (this.#seed * 48271) % 2147483647;
    return this.#seed / 2147483647;
  }
}

/** An open tab, and all that its application was told. */
export class OpenTab {
  #browser;
  /** @type {({epoch: string, seq: number, id: string} | {gap: import('../../src/cursors.js').Gap})[]} */
  seen = [];
  /** @type {string[]} */
  states = [];
  /** @type {Error[]} */
  errors = [];

  /** @param {FakeBrowser} browser @param {FakeTab} page @param {import('../../src/client.js').Client} client */
  constructor(browser, page, client) {
    this.#browser = browser;
    this.page = page;
    this.client = client;
    client.addEventListener('event', ({ detail: { epoch, seq, event } }) => this.seen.push({ epoch, seq, id: event.id }));
    client.addEventListener('gap', ({ detail }) => this.seen.push({ gap: detail }));
    client.addEventListener('statechange', ({ detail }) => this.states.push(detail.new));
    client.addEventListener('error', ({ detail }) => this.errors.push(detail));
  }

  get seqs() {
    return this.seen.map((item) => ('gap' in item ? `gap ${item.gap.reason}` : item.seq));
  }

  crash() {
    this.#browser.crash(this.page);
  }

  /** As a browser closes a tab. */
  shut() {
    this.page.window.dispatchEvent(new Event('pagehide'));
    this.crash();
  }
}

export { settle };

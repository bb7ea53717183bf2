// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, test } from 'node:test';
import { transformSync } from 'esbuild';
import * as React from 'react';
import { act } from 'react';
import { create } from 'react-test-renderer';
import * as ws from 'ws';
import * as main from '../src/index.js';
import * as hooks from '../src/react.js';
import { FakeServer } from './support/fake-server.js';

/** What the samples of the README import, by the name of the module. @type {Record<string, Record<string, any>>} */
const MODULES = { '@sluice/client': main, '@sluice/client/react': hooks, ws };
const IMPORT = /^import \{ (.+) \} from '(.+)';\n/gm;
const SAMPLES = [...readFileSync(new URL('../README.md', import.meta.url), 'utf8').matchAll(/^```jsx?\n([^]*?)^```/gm)].map(([, code]) =>
  String(code),
);

/** @type {FakeServer} */
let server;
/** @type {main.Client[]} */
let clients;

beforeEach(async () => {
  server = await new FakeServer().start();
  clients = [];
});

afterEach(async () => {
  clients.forEach((client) => client.close());
  await server.stop();
});

/** @param {Partial<main.ClientOptions>} [options] */
function connect(options) {
  const WebSocket = /** @type {import('../src/environment.js').WebSocketConstructor} */ (/** @type {unknown} */ (ws.WebSocket));
  const client = main.createClient({ token: 'secret', environment: { WebSocket }, ...options, url: server.url });
  clients.push(client);
  return client;
}

/**
 * The one sample with these words in it, and what runs it. It talks to the test's server; all else is as it stands there.
 *
 * @param {string} words
 * @param {Record<string, unknown>} scope what it takes to be there
 * @param {string} [result] an expression: what the call gives
 * @param {(code: string) => string} [change]
 * @returns {Promise<any>}
 */
async function run(words, scope, result = 'undefined', change = (code) => code) {
  const found = SAMPLES.filter((code) => code.includes(words));
  assert.equal(found.length, 1, words);
  const code = String(found[0]);
  /** @type {Record<string, unknown>} */
  const all = { createClient: connect, ...scope };
  for (const [, names, from] of code.matchAll(IMPORT)) {
    for (const name of String(names).split(', ')) {
      assert.ok(name in (MODULES[String(from)] ?? {}), `${from} has no ${name}`);
      all[name] ??= MODULES[String(from)]?.[name];
    }
  }
  const body = `${change(code.replaceAll(IMPORT, ''))}\nreturn ${result};`;
  const AsyncFunction = /** @type {FunctionConstructor} */ (Object.getPrototypeOf(async () => {}).constructor);
  return new AsyncFunction(...Object.keys(all), body)(...Object.values(all));
}

/** Waits for a condition. @param {() => boolean} condition @param {string} what */
async function until(condition, what) {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, `waited for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const options = { timeout: 60_000 };

test('the first sample receives', options, async () => {
  /** @type {unknown[]} */
  const shown = [];
  const fetch = async () => new Response('secret');
  const client = await run('const unsubscribe', { fetch, show: (/** @type {any} */ event, /** @type {number} */ seq) => shown.push([event.id, seq]), reload: assert.fail }, 'client');
  await client.ready('finance');
  server.publish('finance', 2);
  await until(() => shown.length === 2, 'events');
  assert.deepEqual(shown, [
    ['finance-1', 1],
    ['finance-2', 2],
  ]);
});

test('the loop works on each event and ends with the signal', options, async () => {
  const stop = new AbortController();
  /** @type {string[]} */
  const worked = [];
  const client = connect();
  const ended = run('for await', { client, signal: stop.signal, work: async (/** @type {any} */ { id }) => worked.push(id) });
  await client.ready('finance');
  server.publish('finance', 3);
  await until(() => worked.length === 3, 'events');
  stop.abort();
  await ended;
});

test('position first, then state: what happens while the state is loaded is merged after it, and nothing is left out', options, async () => {
  const client = connect();
  /** @type {string[]} */
  const steps = [];
  const state = { merge: (/** @type {any} */ { id }) => steps.push(id) };
  const fetch = async () => {
    server.publish('finance', 2);
    await until(() => client.metrics().eventsReceived === 2, 'events before the state is there');
    steps.push('state');
    return { json: () => state };
  };
  await run('async function load()', { client, fetch, state: undefined });
  server.publish('finance', 1);
  await until(() => steps.length === 4, 'all');
  assert.deepEqual(steps, ['state', 'finance-1', 'finance-2', 'finance-3']);
});

test('the React sample shows state and events', options, async (t) => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  // What the server says comes when it comes, not in an act.
  t.mock.method(console, 'error', () => {});
  const client = connect();
  /** @type {string[]} */
  const shown = [];
  const compile = (/** @type {string} */ code) =>
    transformSync(code.replace('<RealtimeProvider', 'const tree = <RealtimeProvider'), { loader: 'jsx' }).code;
  const tree = await run('RealtimeProvider', { React, client, show: (/** @type {any} */ { id }) => shown.push(id) }, 'tree', compile);
  /** @type {import('react-test-renderer').ReactTestRenderer | undefined} */
  let renderer;
  await act(async () => {
    renderer = create(tree);
  });
  t.after(() => act(async () => renderer?.unmount()));
  await act(() => client.ready('finance'));
  server.publish('finance', 1);
  await act(() => until(() => shown.length === 1, 'an event'));
  const text = /** @type {{children: string[]}} */ (renderer?.toJSON()).children.join('');
  assert.match(text, /^connected, \d+(\.\d+)? events a second$/);
});

test('the sample for Node connects by WebSocket', options, async () => {
  const client = await run("from 'ws'", { url: server.url, getToken: () => 'secret' }, 'client');
  await until(() => client.state === 'connected', 'the connection');
  assert.equal(client.metrics().transport, 'websocket');
});

test('no sample is left out', () => assert.equal(SAMPLES.length, 5));

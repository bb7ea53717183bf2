// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { act, createElement } from 'react';
import { create } from 'react-test-renderer';
import { RealtimeProvider, useConnectionState, useRealtime, useRealtimeMetrics } from '../src/react.js';
import { settle } from './support/fake-time.js';
import { eventFrame, fakeWorld } from './support/fake-world.js';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

/** @param {{prefix: string, service?: string, log: string[]}} props */
function Feed({ prefix, service = 'finance', log }) {
  useRealtime(service, ({ id }) => log.push(prefix + id));
  const state = useConnectionState();
  const { eventsReceived } = useRealtimeMetrics();
  return createElement('p', null, `${state} ${eventsReceived}`);
}

test('follows while a component is there, with its newest handler, and shows state and metrics', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const world = fakeWorld();
  /** @type {string[]} */
  const log = [];
  const tree = (/** @type {string} */ prefix) =>
    createElement(RealtimeProvider, { client: world.client }, createElement(Feed, { prefix, log }));
  /** @type {import('react-test-renderer').ReactTestRenderer | undefined} */
  let renderer;
  await act(async () => {
    renderer = create(tree('a:'));
  });
  const shown = () => /** @type {{children: string[]}} */ (renderer?.toJSON()).children.join('');
  assert.equal(shown(), 'connecting 0');

  await act(async () => {
    const socket = await world.welcome();
    socket.receive({ type: 'subscribed', service: 'finance', epoch: 'e1', seq: 0 });
    socket.receive(eventFrame('finance', 'e1', 1));
  });
  await act(async () => renderer?.update(tree('b:')));
  await act(async () => {
    world.socket.receive(eventFrame('finance', 'e1', 2));
    t.mock.timers.tick(1_000);
  });
  assert.equal(shown(), 'connected 2');
  assert.deepEqual(log, ['a:e1-1', 'b:e1-2']);
  assert.equal(world.socket.said('subscribe').length + world.socket.said('unsubscribe').length, 0);

  await act(async () => renderer?.unmount());
  await settle();
  assert.deepEqual(world.socket.said('unsubscribe'), [{ type: 'unsubscribe', services: ['finance'] }]);
  world.client.close();
});

test('says what is missing when there is no provider', async (t) => {
  // React repeats on the console what it also throws.
  t.mock.method(console, 'error', () => {});
  await assert.rejects(async () => {
    await act(async () => {
      create(createElement(Feed, { prefix: '', log: [] }));
    });
  }, /RealtimeProvider/);
});

// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_HELD_FRAMES } from '../../main/resources/web/line-web-socket.js';
import { Line } from '../../main/resources/web/line.js';

/** A WebSocket that the test moves. */
class FakeWebSocket {
  /** @type {FakeWebSocket[]} */
  static made = [];
  readyState = 0;
  /** @type {string[]} */
  sent = [];
  onopen = null;
  onmessage = null;
  onclose = null;

  constructor(url) {
    this.url = url;
    FakeWebSocket.made.push(this);
  }

  open() {
    this.readyState = 1;
    this.onopen({});
  }

  send(data) {
    this.sent.push(data);
  }

  close(code) {
    this.readyState = 3;
    this.closedWith = code ?? 'no code';
  }
}

function world(fetch = async () => new Response('an answer')) {
  FakeWebSocket.made = [];
  const real = Object.assign(new EventTarget(), { fetch, WebSocket: FakeWebSocket });
  const line = new Line(real);
  return { line, real, ...line.environment };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A socket with what it has told. */
async function opened({ WebSocket }) {
  const socket = new WebSocket('ws://gateway/');
  const told = [];
  socket.onopen = () => told.push('open');
  socket.onmessage = ({ data }) => told.push(data);
  socket.onclose = ({ code }) => told.push(code);
  await settled();
  FakeWebSocket.made[0]?.open();
  return { socket, told, wire: FakeWebSocket.made[0] };
}

test('shouldBreakAnOpenConnectionWithoutAWord', async () => {
  const { line, ...env } = world();
  const { socket, told, wire } = await opened(env);
  line.down();
  assert.deepEqual(told, ['open', 1006]);
  assert.equal(socket.readyState, 3);
  wire.onmessage({ data: 'late' });
  wire.onclose({ code: 1000 });
  assert.deepEqual(told, ['open', 1006], 'what comes later is not told');
});

test('shouldLetConnectionsHangWhileTheLineIsDownAndOpenThemWhenItIsUp', async () => {
  const { line, ...env } = world();
  line.down();
  const { told } = await opened(env);
  assert.equal(FakeWebSocket.made.length, 0);
  line.up();
  await settled();
  FakeWebSocket.made[0].open();
  assert.deepEqual(told, ['open']);
});

test('shouldRefuseConnectionsWhileOffline', async () => {
  const { line, window, ...env } = world();
  const heard = [];
  window.addEventListener('offline', () => heard.push('offline'));
  window.addEventListener('online', () => heard.push('online'));
  line.offline();
  const { told } = await opened(env);
  assert.deepEqual(told, [1006]);
  assert.equal(FakeWebSocket.made.length, 0);
  await assert.rejects(env.fetch('http://gateway/'), TypeError);
  line.up();
  assert.deepEqual(heard, ['offline', 'online']);
});

test('shouldTellTheClientWhatTheRealNetworkDoes', () => {
  const { real, window } = world();
  const heard = [];
  window.addEventListener('offline', () => heard.push('offline'));
  window.addEventListener('pageshow', ({ persisted }) => heard.push(persisted));
  real.dispatchEvent(new Event('offline'));
  real.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  assert.deepEqual(heard, ['offline', true]);
});

test('shouldHoldFramesBackWhileNothingIsReadAndGiveThemInOrderAfterwards', async () => {
  const { line, ...env } = world();
  const { told, wire } = await opened(env);
  line.read(false);
  wire.onmessage({ data: 'a' });
  wire.onmessage({ data: 'b' });
  assert.deepEqual(told, ['open']);
  line.read(true);
  wire.onmessage({ data: 'c' });
  assert.deepEqual(told, ['open', 'a', 'b', 'c']);
});

test('shouldGiveTheConnectionUpWhenTooMuchIsUnread', async () => {
  const { line, ...env } = world();
  const { told, wire } = await opened(env);
  line.read(false);
  for (let i = 0; i <= MAX_HELD_FRAMES; i++) {
    wire.onmessage({ data: i });
  }
  assert.deepEqual(told, ['open', 1006]);
  line.read(true);
  assert.deepEqual(told, ['open', 1006], 'what was unread comes anew, from the cursor');
});

test('shouldStopReadingAnAnswerAndReadOn', async () => {
  const { line, fetch } = world(async () => new Response('an answer'));
  line.read(false);
  let text;
  const reading = fetch('http://gateway/').then(async (response) => (text = await response.text()));
  await settled();
  assert.equal(text, undefined);
  line.read(true);
  await reading;
  assert.equal(text, 'an answer');
});

test('shouldBreakARequestThatIsUnderWay', async () => {
  const { line, fetch } = world(
    (_input, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  );
  const asked = fetch('http://gateway/');
  await settled();
  line.down();
  await assert.rejects(asked, TypeError);
});

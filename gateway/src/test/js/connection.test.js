// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { Connection } from '../../main/resources/web/connection.js';
import { TokenNeeded } from '../../main/resources/web/session.js';
import { FakeWebSocket } from './fake-web-socket.js';

const WELCOME = { type: 'welcome', session: 's1', node: 'n1', heartbeatMs: 25_000, serverTime: 0 };

/** A session that hands out T1, T2 …, a new one whenever the last was forgotten. */
class FakeSession {
  issued = 0;
  held = false;

  async grant() {
    if (!this.held) {
      this.held = true;
      this.issued++;
    }
    return { token: `T${this.issued}`, org: 'acme', services: ['finance'] };
  }

  renewed() {
    this.held = false;
    return this.grant();
  }

  forget() {
    this.held = false;
  }
}

let session;
let states;
let frames;
let connection;

beforeEach(() => {
  globalThis.WebSocket = FakeWebSocket;
  globalThis.document = { baseURI: 'https://gateway.example/demo' };
  FakeWebSocket.sockets = [];
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  mock.method(Math, 'random', () => 1);
  session = new FakeSession();
  states = [];
  frames = [];
  connection = new Connection({
    session,
    cursors: () => ({ finance: { epoch: 'e1', seq: 41 } }),
    pingTime: () => 7,
    onState: (state) => states.push(state.name),
    onFrame: (frame) => frames.push(frame.type),
  });
});

/** Lets the promises of the token run. */
async function settled() {
  for (let i = 0; i < 5; i++) {
    await Promise.resolve();
  }
}

function newest() {
  return FakeWebSocket.sockets.at(-1);
}

async function live() {
  connection.connect();
  await settled();
  newest().accept();
  newest().deliver(WELCOME);
  return newest();
}

async function later(ms) {
  mock.timers.tick(ms);
  await settled();
}

test('shouldShakeHandsWithTokenServicesAndCursors', async () => {
  const socket = await live();
  assert.equal(socket.url, 'wss://gateway.example/v2/realtime/stream');
  assert.equal(socket.protocol, 'sluice.v2');
  const [handshake] = socket.sent;
  assert.equal(handshake.type, 'handshake');
  assert.equal(handshake.token, 'T1');
  assert.deepEqual(handshake.services, ['finance']);
  assert.deepEqual(handshake.cursors, { finance: { epoch: 'e1', seq: 41 } });
  assert.deepEqual(states, ['connecting', 'live']);
});

test('shouldComeBackAfterThePauseWhenDropped', async () => {
  const socket = await live();
  connection.drop(6_000);
  assert.equal(socket.closed, true);
  assert.equal(connection.state.name, 'waiting');
  await later(5_999);
  assert.equal(FakeWebSocket.sockets.length, 1);
  await later(1);
  assert.equal(FakeWebSocket.sockets.length, 2);
});

test('shouldHearNothingMoreOfASocketThatWasGivenUp', async () => {
  const old = await live();
  connection.drop(6_000);
  await connection.connect();
  old.deliver({ type: 'event' });
  old.end(4502);
  assert.deepEqual(frames, ['welcome']);
  assert.equal(connection.state.name, 'connecting');
  await later(6_000);
  assert.equal(FakeWebSocket.sockets.length, 2, 'the countdown of the drop must be off');
});

test('shouldStopWhenTheServerSaysSo', async () => {
  for (const code of [4500, 4502, 4503]) {
    const socket = await live();
    socket.end(code);
    assert.equal(connection.state.name, 'stopped', `close code ${code}`);
    const opened = FakeWebSocket.sockets.length;
    await later(60_000);
    assert.equal(FakeWebSocket.sockets.length, opened);
  }
});

test('shouldTakeANewTokenWhenItExpired', async () => {
  const socket = await live();
  socket.end(4002);
  await later(0);
  newest().accept();
  assert.equal(newest().sent[0].token, 'T2');
});

test('shouldTryOneNewTokenWhenUnauthorizedAndThenStop', async () => {
  const socket = await live();
  socket.end(4501);
  assert.equal(connection.state.name, 'waiting');
  await later(0);
  newest().accept();
  assert.equal(newest().sent[0].token, 'T2');
  newest().end(4501);
  assert.deepEqual([connection.state.name, connection.state.tokenNeeded], ['stopped', true]);
});

test('shouldReturnInItsSlotWhenTheNodeDrains', async () => {
  const socket = await live();
  socket.deliver({ type: 'goaway', reason: 'drain', reconnectAfterMs: 2_500, deadlineMs: 5_000 });
  socket.end(4005);
  await later(2_499);
  assert.equal(FakeWebSocket.sockets.length, 1);
  await later(1);
  assert.equal(FakeWebSocket.sockets.length, 2);
});

test('shouldWaitLongerWhenAttemptsKeepFailing', async () => {
  connection.connect();
  await settled();
  for (const delay of [500, 1_000, 2_000]) {
    const opened = FakeWebSocket.sockets.length;
    newest().end(1006);
    await later(delay - 1);
    assert.equal(FakeWebSocket.sockets.length, opened, `before ${delay} ms`);
    await later(1);
    assert.equal(FakeWebSocket.sockets.length, opened + 1, `after ${delay} ms`);
  }
});

test('shouldAskForATokenWhenThereIsNone', async () => {
  session.grant = () => Promise.reject(new TokenNeeded('none'));
  connection.connect();
  await settled();
  assert.deepEqual([connection.state.name, connection.state.tokenNeeded], ['stopped', true]);
});

test('shouldGiveUpASocketThatHasGoneSilent', async () => {
  const now = mock.method(performance, 'now', () => 1_000);
  const socket = await live();
  now.mock.mockImplementation(() => 1_000 + 49_000);
  await later(5_000);
  assert.equal(connection.state.name, 'live', 'not before two heartbeats');
  now.mock.mockImplementation(() => 1_000 + 51_000);
  await later(5_000);
  assert.equal(connection.state.name, 'waiting');
  assert.equal(socket.closed, true);
  now.mock.restore();
});

test('shouldPutANewTokenOnTheOpenSession', async () => {
  const socket = await live();
  await connection.refresh();
  assert.deepEqual(socket.sent.at(-1), { type: 'refresh', token: 'T2' });
  assert.equal(connection.state.name, 'live');
});

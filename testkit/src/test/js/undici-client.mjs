// SPDX-License-Identifier: Apache-2.0
// undici: the WebSocket of the WHATWG standard, the one that browsers and newer Node versions have built in.
import { WebSocket } from 'undici';
import { follow, options } from './checks.mjs';

const wanted = options();
const socket = new WebSocket(wanted.url, ['sluice.v2']);
const follower = follow({ send: (text) => socket.send(text), close: () => socket.close() }, wanted);
socket.addEventListener('open', () => follower.onOpen());
socket.addEventListener('message', (message) => follower.onText(message.data));
socket.addEventListener('error', (event) => {
  throw event.error ?? new Error('connection failed');
});

// SPDX-License-Identifier: Apache-2.0
// The ws library, which negotiates permessage-deflate and inflates for itself.
import WebSocket from 'ws';
import { follow, options } from './checks.mjs';

const wanted = options();
const socket = new WebSocket(wanted.url, ['sluice.v2'], { perMessageDeflate: { threshold: 0 } });
const follower = follow({ send: (text) => socket.send(text), close: () => socket.close(1000) }, wanted);
socket.on('open', () => {
  if (!socket.extensions.includes('permessage-deflate') || socket.protocol !== 'sluice.v2') {
    throw new Error(`negotiated '${socket.extensions}' and '${socket.protocol}'`);
  }
  follower.onOpen();
});
socket.on('message', (data, isBinary) => {
  if (isBinary) {
    throw new Error('a binary message');
  }
  follower.onText(data.toString());
});
socket.on('error', (error) => {
  throw error;
});

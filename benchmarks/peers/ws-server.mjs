// SPDX-License-Identifier: Apache-2.0
//
// ws as its README's "server broadcast" example has it, with a set of clients for each stream. Usage: ws-server.mjs PORT FEED [deflate]
import { WebSocketServer, WebSocket } from 'ws';
import { listenForEvents, streamOf } from './feed.mjs';

const [port, feed, deflate] = process.argv.slice(2);
/** @type {Map<string, Set<WebSocket>>} */
const subscribers = new Map();

// permessage-deflate is off by default; its README warns of what it costs. B9 turns it on to measure that.
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(port), backlog: 4096, perMessageDeflate: deflate === 'deflate' });
server.on('connection', (client) => {
  let streams = [];
  client.on('error', console.error);
  client.on('message', (data) => {
    streams = JSON.parse(String(data)).streams;
    for (const stream of streams) {
      if (!subscribers.has(stream)) subscribers.set(stream, new Set());
      subscribers.get(stream).add(client);
    }
    client.send('{"joined":true}');
  });
  client.on('close', () => streams.forEach((stream) => subscribers.get(stream).delete(client)));
});

listenForEvents(Number(feed), (line) => {
  for (const client of subscribers.get(streamOf(line)) ?? []) {
    if (client.readyState === WebSocket.OPEN) client.send(line);
  }
});

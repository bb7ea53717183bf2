// SPDX-License-Identifier: Apache-2.0
//
// Socket.IO as its documentation has it: a room for each stream, WebSocket only, bufferutil installed ("performance tuning"),
// and the reference to the first request dropped ("memory usage"). Usage: socketio-server.mjs PORT FEED
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { listenForEvents, streamOf } from './feed.mjs';

const [port, feed] = process.argv.slice(2);
const http = createServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false });
io.engine.on('connection', (raw) => {
  raw.request = null;
});
io.on('connection', (socket) => socket.join(socket.handshake.auth.streams));
http.listen({ host: '127.0.0.1', port: Number(port), backlog: 4096 });

listenForEvents(Number(feed), (line) => io.to(streamOf(line)).emit('event', JSON.parse(line)));

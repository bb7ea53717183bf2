// SPDX-License-Identifier: Apache-2.0
import { BROKEN } from '../close-codes.js';
import { isFrame } from '../frames.js';
import { CLIENT } from './link.js';

const SUBPROTOCOL = 'sluice.v2';
const OPEN = 1;

/**
 * Opens a WebSocket (docs/protocol.md section 4). The token goes in the handshake, where no log of a proxy sees it.
 *
 * @param {import('./link.js').LinkOptions} options
 * @param {import('./link.js').LinkListener} listener
 * @returns {import('./link.js').Link}
 */
export function openWebSocket({ env, url, token, wanted }, listener) {
  let closed = false;
  let opened = false;
  /** @type {import('../environment.js').WebSocketLike | undefined} */
  let socket;

  /** @param {import('../frames.js').ClientFrame} frame */
  const send = (frame) => {
    if (socket?.readyState === OPEN) {
      socket.send(JSON.stringify(frame));
    }
  };

  /** @param {import('./link.js').LinkEnding} ending */
  const end = (ending) => {
    if (!closed) {
      closed = true;
      listener.onClose(ending);
    }
  };

  const open = () => {
    const address = new URL('v2/realtime/stream', url);
    address.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    if (env.WebSocket === undefined) {
      throw new Error('there is no WebSocket here');
    }
    const it = new env.WebSocket(address.href, SUBPROTOCOL);
    it.onopen = () => {
      if (closed) {
        return;
      }
      opened = true;
      const cursors = wanted();
      send({ type: 'handshake', token, services: Object.keys(cursors), cursors, client: CLIENT });
    };
    it.onmessage = (/** @type {{data: unknown}} */ { data }) => {
      if (closed) {
        return;
      }
      listener.onHeard();
      const frame = parse(data);
      if (isFrame(frame)) {
        listener.onFrame(frame);
      } else {
        listener.onBadFrame('a message is no frame');
      }
    };
    // Says nothing that `close`, which always follows, does not; without a listener Node's `ws` would throw.
    it.onerror = () => {};
    it.onclose = (/** @type {{code: number}} */ { code }) => end({ code, unavailable: !opened });
    return it;
  };

  try {
    socket = open();
  } catch {
    // A content security policy or a missing WebSocket. Told later, for the caller does not have the link yet.
    env.setTimeout(() => end({ code: BROKEN, unavailable: true }), 0);
  }
  return {
    transport: 'websocket',
    send,
    probe: () => send({ type: 'ping', t: env.wallTime() }),
    close: () => {
      closed = true;
      socket?.close(1000);
    },
  };
}

/** @param {unknown} data */
function parse(data) {
  try {
    return typeof data === 'string' ? JSON.parse(data) : undefined;
  } catch {
    return undefined;
  }
}

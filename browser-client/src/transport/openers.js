// SPDX-License-Identifier: Apache-2.0
import { openLongPoll } from './long-poll.js';
import { openSse } from './sse.js';
import { openWebSocket } from './websocket.js';

/**
 * How each transport is opened.
 *
 * @type {Record<import('../rollout.js').TransportName,
 *   (options: import('./link.js').LinkOptions, listener: import('./link.js').LinkListener) => import('./link.js').Link>}
 */
export const OPENERS = { websocket: openWebSocket, sse: openSse, poll: openLongPoll };

// SPDX-License-Identifier: Apache-2.0

/**
 * What feeds a client: a connection of its own, or another tab that has one. It holds no cursors and no handlers; it asks
 * what is wanted whenever it (re)connects, and tells every frame that comes. So whatever becomes of a source, another one
 * goes on where the client is.
 *
 * @typedef {object} Source
 * @property {() => void} start  called once
 * @property {() => void} close  the last call
 * @property {() => void} restart  connects anew at once, whatever the state
 * @property {(token: string) => void} setToken
 * @property {(service: string) => void} subscribe  is wanted from now on, or from another position than before: it is
 *   answered by a `subscribed` frame, now or after the next connect
 * @property {() => void} unsubscribe  something is not wanted any more
 * @property {() => SourceStatus} status
 *
 * @typedef {object} SourceListener
 * @property {() => Record<string, import('./cursors.js').From>} wanted  services and where each goes on, as of now; a new object
 * @property {(frame: import('./frames.js').ServerFrame) => void} onFrame  in the order of the stream
 * @property {(change: import('./state.js').StateChange) => void} onState
 * @property {(transport: import('./rollout.js').TransportName) => void} onTransport  before the frames that come by it
 * @property {(error: import('./errors.js').SluiceError | Error) => void} onError
 *
 * @typedef {object} SourceStatus
 * @property {import('./state.js').State} state
 * @property {import('./rollout.js').TransportName | null} transport  null while not connected
 * @property {number} connectedForMs  how long the connection is there; 0 while not connected
 * @property {number} disconnects  connections that ended
 * @property {number} attempts  attempts to come back
 * @property {boolean} leader  whether the connection is this client's own
 */

export {};

// SPDX-License-Identifier: Apache-2.0

/**
 * How the tabs of a group agree on the one that has the connection.
 *
 * @typedef {object} Election
 * @property {(id: string, ready: () => void) => void} enter  called once; when it is ready the tab may say its name
 * @property {() => void} stand  becomes the leader when there is none
 * @property {() => void} takeOver  the leader is silent: becomes it in its place
 * @property {() => void} resign  does not lead, and does not stand
 * @property {() => void} leave  the last call
 * @property {(id: string, gone: () => void) => () => void} watch  tells when a tab is gone, if that can be known; the result stops it
 * @property {(message: import('./messages.js').Message) => void} heard  every message of the group
 *
 * @typedef {object} ElectionListener
 * @property {() => void} onElected
 * @property {() => void} onLost  another one leads
 * @property {() => void} onImpossible  none can be elected here
 */

export {};

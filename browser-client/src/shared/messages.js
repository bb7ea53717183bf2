// SPDX-License-Identifier: Apache-2.0

/**
 * What the tabs of a group say to each other. No token is among it: each tab has its own.
 *
 * To all: `who` leads? `claim`, `lead`, `resign`: see the election.
 * @typedef {{t: 'who', from: string} | {t: 'claim', from: string} | {t: 'lead', from: string}
 *   | {t: 'resign', from: string}} Calling
 *
 * Where a tab goes on in a service, and the number of this wish, which comes back with the answer to it.
 * @typedef {{at: import('../cursors.js').From, n: number}} Wish
 *
 * To the leader: `hello` begins, with all that the tab wants; `keep`: it wants these and no others; `ask`: are you there?
 * @typedef {{t: 'hello', from: string, leader: string, wanted: Record<string, Wish>}
 *   | {t: 'follow', from: string, leader: string, service: string, wish: Wish}
 *   | {t: 'keep', from: string, leader: string, services: string[]}
 *   | {t: 'ask' | 'restart' | 'bye', from: string, leader: string}} Wanting
 *
 * Of the leader. `m` counts what it tells, so that a hole is seen; `joined` says where a tab begins to count. `to`: the tabs
 * that a frame is for, with the number of the wish that it answers; all when it is absent.
 * @typedef {{[tab: string]: number}} Addressees
 * @typedef {{t: 'joined', from: string, to: string, m: number, status: import('../source.js').SourceStatus}
 *   | {t: 'here', from: string, to: string, known: boolean}
 *   | {t: 'status', from: string, m: number, status: import('../source.js').SourceStatus, reason: string}
 *   | {t: 'frame', from: string, m: number, to?: Addressees | undefined, frame: import('../frames.js').ServerFrame}} Telling
 *
 * @typedef {Calling | Wanting | Telling} Message
 */

export {};

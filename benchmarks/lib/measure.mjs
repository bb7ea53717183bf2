// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { Reader, publish } from './load.mjs';
import { startServer } from './servers.mjs';

/** Microseconds as milliseconds for a table. */
export const ms = (us) => Number((us / 1000).toFixed(us < 10_000 ? 2 : 1));

/** A large number for a table: 1234567 as 1 234 567. */
export const grouped = (value) => Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, ' ');

/** So many subscribers has each event under a layout. */
export const subscribersOf = ({ connections, streams = 1, slots = 1 }) => (connections * slots) / streams;

/**
 * Starts a server with subscribers, gives both to a body, and takes them down.
 *
 * @template T
 * @param {string} kind
 * @param {import('./servers.mjs').Layout} layout
 * @param {(session: { server: import('./servers.mjs').Server, reader: Reader }) => Promise<T>} body
 * @param {{ how?: object, extra?: string[] }} [options] how: for the server; extra: words for the reader
 */
export async function withSubscribers(kind, layout, body, { how, extra = [] } = {}) {
  const server = await startServer(kind, layout, how);
  try {
    const reader = await Reader.open(server.door, { ...layout, extra });
    try {
      return await body({ server, reader });
    } finally {
      await reader.close();
    }
  } finally {
    await server.stop();
  }
}

/**
 * Publishes for a while at a rate and waits for what must arrive. Whatever is not exactly that is told in `wrong`.
 *
 * @param {{ patienceMs?: number }} [options] how long nothing may arrive before the rest counts as lost
 */
export async function step({ server, reader }, layout, pace, { patienceMs = 5_000 } = {}) {
  await reader.tell('mark');
  const before = server.usage();
  const began = performance.now();
  const sent = await publish(server.door, { streams: layout.streams ?? 1, slots: layout.slots ?? 1, ...pace });
  const expected = sent.sent * subscribersOf(layout);
  const got = await reader.settle(expected, patienceMs);
  const after = server.usage();
  const seconds = (performance.now() - began) / 1000;
  const wrong = [];
  if (got.events !== expected) wrong.push(`${got.events} of ${expected} events arrived`);
  for (const key of ['missing', 'repeated', 'closed', 'errors']) if (got[key] > 0) wrong.push(`${key}: ${got[key]}`);
  return {
    wrong, sent, got, expected, seconds, rssBytes: after.rssBytes, tcpBytes: after.tcpBytes,
    serverCpu: after.cpuSeconds - before.cpuSeconds,
  };
}

/** Brings back whoever was closed, so that the next step has all its subscribers. */
export async function restore({ reader }, { connections }) {
  let stats = await reader.tell('mark');
  if (stats.ready === connections) return;
  await reader.tell(`reconnect 0 ${connections}`);
  for (const end = Date.now() + 60_000; stats.ready < connections; stats = await reader.tell('stats')) {
    if (Date.now() > end) throw new Error(`only ${stats.ready} of ${connections} connections came back`);
    await sleep(100);
  }
}

/**
 * Measures one server after the other. A peer that fails is left out, and it is said; Sluice or the floor may not fail.
 *
 * @template T
 * @param {string[]} kinds
 * @param {(kind: string) => Promise<T>} measure
 * @param {(fields: object) => void} log
 * @returns {Promise<Record<string, T>>}
 */
export async function each(kinds, measure, log) {
  const found = {};
  for (const kind of kinds) {
    try {
      found[kind] = await measure(kind);
    } catch (error) {
      if (kind === 'sluice' || kind.startsWith('floor')) throw error;
      log({ server: kind, left_out: error.message });
    }
  }
  return found;
}

/** The same to make code hot. */
export async function warm(session, layout, pace, seconds) {
  const outcome = await step(session, layout, { ...pace, seconds });
  if (outcome.wrong.length > 0) throw new Error(`${session.server.kind}, while it warmed up: ${outcome.wrong.join(', ')}`);
}

/** So much cheaper a piece of work must have become for warming up to go on. */
const STILL_WARMING = 0.97;

/**
 * Has a piece of work done again and again until it costs no less CPU twice in a row than the cheapest before it: what a JVM compiles, it compiles on
 * the cores that are measured, and a server that runs for weeks has that behind it.
 *
 * @param {() => Promise<number>} piece does one, and tells what it has cost, in whatever unit
 * @param {number} atMost seconds after which it is over
 * @returns {Promise<number>} how many seconds it took
 */
export async function untilSteady(piece, atMost) {
  const began = performance.now();
  const passed = () => (performance.now() - began) / 1000;
  let cheapest = Infinity;
  for (let steady = 0; steady < 2 && passed() < atMost; ) {
    const cost = await piece();
    steady = cost < cheapest * STILL_WARMING ? 0 : steady + 1;
    cheapest = Math.min(cheapest, cost);
  }
  return Math.round(passed());
}

/**
 * Warms a server up until a delivery costs no less. What is lost or late meanwhile does not matter.
 *
 * @param {{ seconds?: number, atMost?: number }} [options] seconds: of one piece; atMost: seconds after which it is over
 * @returns {Promise<number>} how many seconds it took
 */
export function warmUp(session, layout, pace, { seconds = 5, atMost = 90 } = {}) {
  return untilSteady(async () => {
    const one = await step(session, layout, { ...pace, seconds }, { patienceMs: 10_000 });
    return one.serverCpu / Math.max(1, one.got.events);
  }, atMost);
}

// SPDX-License-Identifier: Apache-2.0
import { domainEvents } from '../lib/domain.mjs';
import { step, warm, warmUp, withSubscribers } from '../lib/measure.mjs';

const FEW = { connections: 100 };
const MANY = { connections: 1000 };
const SIZE = 330; // one line of data more than fills a CloudEvent of that size
const BATCH = { SLUICE_GATEWAY_HUB_BATCH_WINDOW: '50ms' };
// By so much two runs of the same differ; what is less cannot be told from nothing.
const ERROR = 0.3;
const LARGE = 4096; // ws deflates nothing under 1 024 bytes, and nobody else deflates single small events either

export const title = 'Bytes on the wire of an event, and what deflating costs at 1 000 sessions';
export const short = false;

/** @param {import('../bench.mjs').Context} context */
export async function run({ full, log }) {
  const extra = ['--data', domainEvents()];
  const bytes = async (label, env, words, rate) => {
    const one = await withSubscribers('sluice', FEW, async (session) => {
      await warm(session, FEW, { rate, size: SIZE, extra }, 3);
      return step(session, FEW, { rate, size: SIZE, extra, tickUs: 1_000, seconds: 6 });
    }, { how: { env }, extra: words });
    if (one.wrong.length > 0) throw new Error(`${label}: ${one.wrong.join('; ')}`);
    const each = one.got.bytes / one.got.events;
    log({ frames: label, bytes_an_event: each.toFixed(1), events_a_frame: (one.got.events / one.got.frames).toFixed(1) });
    return [label, each.toFixed(1), (one.got.events / one.got.frames).toFixed(1)];
  };
  const rows = [
    await bytes('single', {}, [], 50),
    await bytes('batches of 50 ms', BATCH, [], 500),
    await bytes('batches of 50 ms, deflated', BATCH, ['--deflate'], 500),
  ];
  const costs = await deflateCosts(extra, full, log);
  const fewer = rows[0][1] / rows[2][1];
  const times = costs.ws / Math.max(costs.sluice, ERROR);
  return {
    columns: ['frames', 'bytes an event', 'events a frame'],
    rows: [...rows, ...costs.rows],
    checks: [
      { label: 'single frames against batches deflated', target: '≥ 5 × fewer bytes', measured: `${fewer.toFixed(1)} ×`, met: fewer >= 5 },
      { label: 'CPU of deflating at 1 000 sessions: ws against Sluice', target: '≥ 50 ×', met: times >= 50,
        measured: `${costs.ws.toFixed(2)} s against ${costs.sluice.toFixed(2)} s (${costs.sluice < ERROR ? 'at least ' : ''}${times.toFixed(0)} ×)` },
    ],
  };
}

/**
 * CPU seconds that deflating adds to the same messages to the same sessions: with it minus without it. What is left of Sluice's is
 * near the error of the measurement, and may even be negative, for fewer bytes are sent.
 */
async function deflateCosts(extra, full, log) {
  const pace = { rate: 5, size: LARGE, extra, seconds: full ? 12 : 8 };
  const cpu = async (kind, words) => {
    const one = await withSubscribers(kind, MANY, async (session) => {
      if (full && kind === 'sluice') await warmUp(session, MANY, { ...pace, rate: 20 });
      else await step(session, MANY, { ...pace, seconds: 8 }, { patienceMs: 20_000 });
      return step(session, MANY, pace, { patienceMs: 20_000 });
    }, { extra: words });
    if (one.wrong.length > 0) throw new Error(`${kind} ${words}: ${one.wrong.join('; ')}`);
    log({ server: kind, deflate: words.length > 0 || kind === 'ws-deflate', server_cpu_s: one.serverCpu.toFixed(2), bytes_an_event: Math.round(one.got.bytes / one.got.events) });
    return one.serverCpu;
  };
  const plain = await cpu('sluice', []);
  const once = await cpu('sluice', ['--deflate']);
  const wsPlain = await cpu('ws', []);
  const each = await cpu('ws-deflate', []);
  const row = (server, without, including) => [`${server}: CPU s of ${pace.rate * pace.seconds} messages of 4 KB to 1 000, plain`, without.toFixed(2), `deflated ${including.toFixed(2)}`];
  return { sluice: once - plain, ws: each - wsPlain, rows: [row('Sluice', plain, once), row('ws', wsPlain, each)] };
}

// SPDX-License-Identifier: Apache-2.0

/**
 * The position of an event in its stream: the last one seen; seq 0 is before the first.
 *
 * @typedef {{epoch: string, seq: number}} Cursor
 *
 * Where a subscription begins.
 * @typedef {Cursor | 'latest' | 'earliest'} From
 *
 * Events that will not come; the application loads its state anew. `from` and `to` are seqs of `epoch`, where they are known.
 * @typedef {{service: string, reason: string, epoch: string, from?: number, to?: number}} Gap
 *
 * What a frame means to somebody at a position: how many of its first events were seen before, and what was missed.
 * @typedef {{seen: number, gap: Gap | undefined, epochChanged: boolean}} Reading
 */

/**
 * The position in one stream, and what each frame does to it. It trusts nobody: a hole that no `gap` announced is found
 * here, and becomes one (docs/protocol.md section 2, P1 to P3).
 */
export class StreamCursor {
  #service;
  /** @type {Cursor | undefined} */
  #at;
  /** Until the first answer, what comes is for an earlier subscription of the same service. */
  #attached = false;

  /**
   * @param {string} service
   * @param {Cursor} [at] where to resume
   */
  constructor(service, at) {
    this.#service = service;
    this.#at = at && { epoch: at.epoch, seq: at.seq };
  }

  /** Whether the subscription has been answered. */
  get attached() {
    return this.#attached;
  }

  /** The last event seen; undefined before the first answer, unless there was one to resume from. */
  get at() {
    return this.#at && { ...this.#at };
  }

  /**
   * Takes the answer to a subscription.
   *
   * @param {{epoch: string, seq: number, recovered?: boolean, reason?: string, replayed?: number}} frame
   * @returns {Reading}
   */
  subscribed({ epoch, seq, recovered, reason, replayed }) {
    const before = this.#at;
    this.#attached = true;
    if (recovered === true && (before === undefined || before.epoch === epoch)) {
      // All after the cursor follows. Without one ("earliest"), what follows says where that begins.
      this.#at = before ?? { epoch, seq: seq - (replayed ?? 0) };
      return this.#reading();
    }
    this.#at = { epoch, seq };
    if (before === undefined ? recovered !== false : before.epoch === epoch && before.seq === seq) {
      return this.#reading();
    }
    const same = before?.epoch === epoch;
    return this.#reading({
      reason: reason ?? (same ? 'unknown_position' : 'epoch_changed'),
      from: same && before.seq < seq ? before.seq + 1 : undefined,
      to: same && before.seq < seq ? seq : undefined,
    });
  }

  /**
   * Takes events. `seq` is the last one's, so the k-th of n has seq - n + k. Before the first answer all count as seen.
   *
   * @param {{epoch: string, seq: number}} frame
   * @param {number} count how many events it has
   * @returns {Reading}
   */
  events({ epoch, seq }, count) {
    const before = this.#at;
    if (before === undefined || !this.#attached) {
      return { seen: count, gap: undefined, epochChanged: false };
    }
    const first = seq - count + 1;
    if (before.epoch !== epoch) {
      this.#at = { epoch, seq };
      return this.#reading({ reason: 'epoch_changed' });
    }
    this.#at = { epoch, seq: Math.max(seq, before.seq) };
    const hole = first > before.seq + 1 ? { reason: 'skipped', from: before.seq + 1, to: first - 1 } : undefined;
    return { ...this.#reading(hole), seen: Math.min(count, Math.max(0, before.seq - first + 1)) };
  }

  /**
   * Takes an announced gap: the stream goes on behind it. What lies at or below the position was seen and is not missed.
   *
   * @param {{epoch: string, from: number, to: number, reason: string}} frame
   * @returns {Reading}
   */
  gap({ epoch, from, to, reason }) {
    const before = this.#at;
    if (before === undefined || !this.#attached) {
      return { seen: 0, gap: undefined, epochChanged: false };
    }
    if (before.epoch === epoch) {
      if (to <= before.seq) {
        return this.#reading();
      }
      this.#at = { epoch, seq: to };
      return this.#reading({ reason, from: before.seq + 1, to });
    }
    this.#at = { epoch, seq: to };
    return this.#reading({ reason, from, to }, true);
  }

  /**
   * @param {{reason: string, from?: number | undefined, to?: number | undefined}} [missed]
   * @param {boolean} [epochChanged]
   * @returns {Reading}
   */
  #reading(missed, epochChanged = missed?.reason === 'epoch_changed') {
    const { epoch } = /** @type {Cursor} */ (this.#at);
    if (missed === undefined) {
      return { seen: 0, gap: undefined, epochChanged };
    }
    const { reason, from, to } = missed;
    const range = from === undefined || to === undefined || from > to ? {} : { from, to };
    return { seen: 0, gap: { service: this.#service, reason, epoch, ...range }, epochChanged };
  }
}

/**
 * The text form that queries carry, `finance=e1:12,staff=earliest`. A service that begins at the latest event is left out:
 * that is what its absence means.
 *
 * @param {Record<string, From>} cursors by service
 */
export function cursorVector(cursors) {
  return Object.entries(cursors)
    .filter(([, from]) => from !== 'latest')
    .map(([service, from]) => `${service}=${typeof from === 'string' ? from : `${from.epoch}:${from.seq}`}`)
    .join(',');
}

/**
 * Reads a vector of positions; parts that are none are passed over.
 *
 * @param {string} text
 * @returns {Record<string, Cursor>} by service
 */
export function parseCursorVector(text) {
  /** @type {Record<string, Cursor>} */
  const cursors = {};
  for (const [, service, epoch, seq] of text.matchAll(/(?:^|,)([a-z][a-z0-9-]*)=([A-Za-z0-9]{1,16}):(\d+)/g)) {
    cursors[/** @type {string} */ (service)] = { epoch: /** @type {string} */ (epoch), seq: Number(seq) };
  }
  return cursors;
}

// SPDX-License-Identifier: Apache-2.0

/**
 * @typedef {{epoch: string, seq: number}} Position
 * @typedef {{service: string, epoch: string, seq: number, recovered?: boolean, reason?: string}} SubscribedFrame
 * @typedef {{service: string, epoch: string, seq: number, events: unknown[], timestamp: number, replay?: boolean}} EventFrame
 * @typedef {{service: string, epoch: string, from: number, to: number, reason: string}} GapFrame
 * @typedef {{seq: number, event: unknown}} Numbered
 */

/**
 * The position in one stream, and what each frame does to it. It trusts nobody: a server that repeats or skips an event
 * without saying so is found out here, which is what the page's counters are for.
 */
export class StreamTracker {
  /** @type {Position | null} */
  #position = null;

  /** The last event seen, to resume after; null before the first `subscribed`. */
  get cursor() {
    return this.#position;
  }

  /**
   * Takes the answer to a subscription.
   *
   * @param {SubscribedFrame} frame
   * @returns {number} how many events were missed and now follow; 0 when nothing was to be recovered or nothing can be
   */
  subscribed(frame) {
    if (frame.recovered === true && this.#position !== null) {
      return frame.seq - this.#position.seq;
    }
    this.#position = { epoch: frame.epoch, seq: frame.seq };
    return 0;
  }

  /**
   * Takes events. `seq` is the last one's, so the k-th of n has seq - n + k.
   *
   * @param {EventFrame} frame
   * @returns {{fresh: Numbered[], duplicates: number, hole: boolean}} the events not seen before; how many were seen
   *     before; whether some before them are missing though no `gap` said so
   */
  accept({ epoch, seq, events }) {
    const first = seq - events.length + 1;
    const seen = this.#position?.epoch === epoch ? this.#position.seq : 0;
    const hole = this.#position !== null && (this.#position.epoch !== epoch || first > seen + 1);
    const fresh = events.map((event, k) => ({ seq: first + k, event })).filter((numbered) => numbered.seq > seen);
    this.#position = { epoch, seq: Math.max(seq, seen) };
    return { fresh, duplicates: events.length - fresh.length, hole };
  }

  /**
   * Takes an announced gap: the stream goes on behind it.
   *
   * @param {GapFrame} frame
   */
  gap({ epoch, to }) {
    this.#position = { epoch, seq: to };
  }
}

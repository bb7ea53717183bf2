// SPDX-License-Identifier: Apache-2.0

/** So many events wait for a consumer that is slower than they come, unless it asks for another bound. */
export const DEFAULT_LIMIT = 1_000;

/**
 * Events on their way to a `for await` loop. The bound is kept by dropping all that wait, which is announced as one gap: a
 * consumer so far behind has to load its state anew anyway, and then goes on with what is newest.
 *
 * @implements {AsyncIterableIterator<import('./frames.js').CloudEvent>}
 */
export class EventQueue {
  #limit;
  #onOverflow;
  #onEnd;
  /** @type {{event: import('./frames.js').CloudEvent, context: import('./options.js').EventContext}[]} */
  #waiting = [];
  /** The first in `#waiting` that has not been taken. */
  #head = 0;
  /** @type {((result: IteratorResult<import('./frames.js').CloudEvent, undefined>) => void)[]} */
  #takers = [];
  #ended = false;

  /**
   * @param {number} limit
   * @param {(gap: import('./cursors.js').Gap) => void} onOverflow
   * @param {() => void} onEnd called once, whoever ends it
   * @throws {RangeError} for a limit below 1
   */
  constructor(limit, onOverflow, onEnd) {
    if (!(limit >= 1)) {
      throw new RangeError(`'limit' must be at least 1, not ${limit}`);
    }
    this.#limit = limit;
    this.#onOverflow = onOverflow;
    this.#onEnd = onEnd;
  }

  /**
   * @param {import('./frames.js').CloudEvent} event
   * @param {import('./options.js').EventContext} context
   */
  push(event, context) {
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      taker({ done: false, value: event });
      return;
    }
    if (this.#waiting.length - this.#head >= this.#limit) {
      this.#overflow();
    }
    this.#waiting.push({ event, context });
  }

  #overflow() {
    const dropped = this.#waiting.slice(this.#head).map(({ context }) => context);
    this.#waiting = [];
    this.#head = 0;
    const last = dropped[dropped.length - 1];
    const first = dropped.find(({ epoch }) => epoch === last?.epoch);
    if (first !== undefined && last !== undefined) {
      const { service, epoch } = last;
      this.#onOverflow({ service, reason: 'slow_consumer', epoch, from: first.seq, to: last.seq });
    }
  }

  /** Nothing more comes; what waits can still be taken. */
  end() {
    if (!this.#ended) {
      this.#ended = true;
      this.#takers.splice(0).forEach((taker) => taker({ done: true, value: undefined }));
      this.#onEnd();
    }
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  /** @returns {Promise<IteratorResult<import('./frames.js').CloudEvent, undefined>>} */
  next() {
    const next = this.#waiting[this.#head];
    if (next !== undefined) {
      this.#head++;
      // Moved in one go now and then, so that taking one is O(1).
      if (this.#head > 64 && this.#head * 2 > this.#waiting.length) {
        this.#waiting.splice(0, this.#head);
        this.#head = 0;
      }
      return Promise.resolve({ done: false, value: next.event });
    }
    if (this.#ended) {
      return Promise.resolve({ done: true, value: undefined });
    }
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  /** The loop was left. @returns {Promise<IteratorResult<import('./frames.js').CloudEvent, undefined>>} */
  return() {
    this.#waiting = [];
    this.#head = 0;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }
}

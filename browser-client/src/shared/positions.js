// SPDX-License-Identifier: Apache-2.0

/**
 * @typedef {import('../cursors.js').Cursor} Cursor
 * @typedef {import('../cursors.js').From} From
 * @typedef {import('../frames.js').SubscribedFrame} SubscribedFrame
 */

/**
 * The one position to go on from for several tabs: the earliest, else the lowest of the epoch that most are in; who is in
 * another one has lost its stream anyway, unless the server says so of the majority.
 *
 * @param {{at: From}[]} readers
 * @returns {From}
 */
export function lowest(readers) {
  /** @type {Map<string, Cursor[]>} */
  const epochs = new Map();
  for (const { at } of readers) {
    if (at === 'earliest') {
      return at;
    }
    if (at !== 'latest') {
      epochs.set(at.epoch, [...(epochs.get(at.epoch) ?? []), at]);
    }
  }
  const [most = []] = [...epochs.values()].sort((a, b) => b.length - a.length);
  return most.sort((a, b) => a.seq - b.seq)[0] ?? 'latest';
}

/**
 * What the server's answer for all means to a tab at one position.
 *
 * @param {SubscribedFrame} frame the answer
 * @param {From} at where the tab is
 * @param {From} asked where the answer is from
 * @returns {SubscribedFrame | undefined} undefined: nothing, and the server would have said something better to this tab
 */
export function answerTo(frame, at, asked) {
  const { type, service, epoch, seq, recovered, replayed, earliest = 0 } = frame;
  if (at === 'earliest') {
    return frame;
  }
  if (at === 'latest') {
    return { type, service, epoch, seq };
  }
  /** @param {string} reason */
  const lost = (reason) => ({ ...frame, recovered: false, reason });
  if (at.epoch !== epoch) {
    return lost('epoch_changed');
  }
  if (at.seq > seq) {
    return lost('unknown_position');
  }
  if (recovered === true || asked === 'earliest') {
    // All after what was asked for follows: that is said to whoever is there or further on.
    const start = Math.max(typeof asked === 'string' || asked.epoch !== epoch ? 0 : asked.seq, seq - (replayed ?? seq));
    return at.seq >= start ? { ...frame, recovered: true } : undefined;
  }
  if (at.seq === seq) {
    return { ...frame, recovered: true, replayed: 0 };
  }
  // The one asked for is lost. Another may not be: it was not asked for, or is further on.
  const asks = typeof asked === 'string' || asked.epoch !== epoch || at.seq > asked.seq;
  return asks && at.seq + 1 >= earliest ? undefined : lost(frame.reason ?? 'expired');
}

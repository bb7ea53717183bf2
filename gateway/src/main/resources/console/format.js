// SPDX-License-Identifier: Apache-2.0

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** @param {number} value */
export function bytes(value) {
  let unit = 0;
  let rest = value;
  while (rest >= 1000 && unit < UNITS.length - 1) {
    rest /= 1000;
    unit++;
  }
  return `${unit === 0 || rest >= 100 ? Math.round(rest) : rest.toFixed(1)} ${UNITS[unit]}`;
}

/** @param {number} value a count or a rate */
export function number(value) {
  return value >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString('en') : value.toFixed(1);
}

/** @param {number} ms epoch milliseconds */
export function clock(ms) {
  return new Date(ms).toTimeString().slice(0, 8);
}

/**
 * @param {number} since epoch milliseconds
 * @param {number} now
 */
export function age(since, now) {
  const seconds = Math.max(0, Math.round((now - since) / 1000));
  if (seconds < 100) {
    return `${seconds} s`;
  }
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** @param {number} ms epoch milliseconds, of which the last three are shown, too */
export function moment(ms) {
  return `${clock(ms)}.${String(ms % 1000).padStart(3, '0')}`;
}

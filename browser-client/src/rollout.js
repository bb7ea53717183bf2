// SPDX-License-Identifier: Apache-2.0

/**
 * The feature flags of a deployment (docs/protocol.md section 7).
 *
 * @typedef {'websocket' | 'sse' | 'poll'} TransportName
 * @typedef {{realtime: boolean, rolloutPercent: number, transports: TransportName[]}} Flags
 */

/** The transports, best first. @type {readonly TransportName[]} */
export const TRANSPORTS = ['websocket', 'sse', 'poll'];

/** What holds until a server says otherwise. @type {Readonly<Flags>} */
export const DEFAULT_FLAGS = { realtime: true, rolloutPercent: 100, transports: [...TRANSPORTS] };

/**
 * Reads flags of a server, which may know more or fewer than this version does.
 *
 * @param {unknown} given
 * @param {Flags} [otherwise] for what is missing or makes no sense
 * @returns {Flags}
 */
export function readFlags(given, otherwise = DEFAULT_FLAGS) {
  const { realtime, rolloutPercent, transports } = /** @type {Partial<Flags>} */ (
    typeof given === 'object' && given !== null ? given : {}
  );
  const known = Array.isArray(transports) ? TRANSPORTS.filter((name) => transports.includes(name)) : [];
  return {
    realtime: typeof realtime === 'boolean' ? realtime : otherwise.realtime,
    rolloutPercent: typeof rolloutPercent === 'number' ? rolloutPercent : otherwise.rolloutPercent,
    transports: known.length > 0 ? known : otherwise.transports,
  };
}

/**
 * Where a user stands in a rollout: FNV-1a, 32 bits, of the UTF-8 bytes, in ten thousandths. The same for the same user on
 * every machine and in every version, so that raising the percentage only ever adds users.
 *
 * @param {string} user
 * @returns {number} from 0 to below 100, in hundredths
 */
export function rolloutBucket(user) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(user)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return ((hash >>> 0) % 10_000) / 100;
}

/**
 * The transports that a user may be on, best first. Rolled back, or not yet rolled out to: long polling, whatever else the
 * flags name.
 *
 * @param {Flags} flags
 * @param {number} bucket of the user
 * @returns {TransportName[]}
 */
export function allowedTransports(flags, bucket) {
  return flags.realtime && bucket < flags.rolloutPercent ? flags.transports : ['poll'];
}

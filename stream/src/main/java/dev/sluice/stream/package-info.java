// SPDX-License-Identifier: Apache-2.0
/**
 * What publishers and gateways share: the words of the protocol as types.
 *
 * <p>All types here are immutable and may cross threads. Nothing here knows Vert.x or Hazelcast; the packages below do:
 * {@code log} keeps the streams, {@code bus} carries pushes, {@code cluster} joins, {@code auth} verifies tokens.
 */
package dev.sluice.stream;

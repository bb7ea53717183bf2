// SPDX-License-Identifier: Apache-2.0
/**
 * Recent events of a stream, encoded once and shared by all sessions of the node, and the decision whether a cursor can
 * be honoured. Pure: no clock, no socket, no thread. A buffer has one writer and many readers.
 */
package dev.sluice.gateway.replay;

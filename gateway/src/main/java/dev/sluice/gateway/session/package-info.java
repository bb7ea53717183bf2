// SPDX-License-Identifier: Apache-2.0
/**
 * One client each: who it is, which streams it follows, whether it keeps up. Knows no socket. A session is confined to the event loop
 * of its connection and owns no queue: it is a cursor for each stream into buffers that all sessions share.
 */
package dev.sluice.gateway.session;

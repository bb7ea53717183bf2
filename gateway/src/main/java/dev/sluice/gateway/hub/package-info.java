// SPDX-License-Identifier: Apache-2.0
/**
 * The streams of a node: pushes in, holes repaired from the log, sessions woken. All state is confined to one event loop; a
 * {@link dev.sluice.gateway.hub.StreamFeed} is what other threads see of it.
 */
package dev.sluice.gateway.hub;

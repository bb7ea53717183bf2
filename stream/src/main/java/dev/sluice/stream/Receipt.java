// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

/**
 * What a publisher gets for an event once it is kept and replicated (promises P4 and P5).
 *
 * @param position where the event stands in its stream
 * @param duplicate true if an event of the same source and id stood there already; this one was not added
 */
public record Receipt(Position position, boolean duplicate) {}

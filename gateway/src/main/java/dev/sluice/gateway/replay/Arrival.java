// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.replay;

/**
 * How an event came into the buffer of a node.
 *
 * @param at when it was made part of a frame, epoch milliseconds by the node's clock; 0 when it was {@link Way#LOADED}, which says nothing of the
 *     sessions that had it before
 */
public record Arrival(long at, Way way) {

    /** The ways of an event to a node. */
    public enum Way {
        /** Its push came over the bus. */
        PUSHED("pushed"),
        /** Its push did not come in time, and it was fetched from the log. */
        FETCHED("fetched"),
        /** It was older than the buffer, and was loaded for a session that had been away. */
        LOADED("loaded");

        private final String wire;

        Way(String wire) {
            this.wire = wire;
        }

        /** The name for operators. */
        public String wire() {
            return wire;
        }
    }
}

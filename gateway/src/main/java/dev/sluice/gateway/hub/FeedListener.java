// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

/** Hears that a feed has something new. Compared by identity. */
@FunctionalInterface
public interface FeedListener {

    /** The feed's buffer has new events, or is another one. Called on the hub's loop; must return at once. */
    void feedAdvanced(StreamFeed feed);
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.gateway.hub.StreamFeed;
import java.util.Optional;

/**
 * The subscriptions of one loop to one feed, in two crowds that are served side by side: those who have been here for a while, and those
 * who came lately. When thousands come back at once, an event is on its way to them for a long time; the others, for whom nothing has
 * happened, do not wait for the end of that before they get the next one. Confined to the loop.
 */
final class Followers {

    /** Longer than it takes until all are back. */
    static final long SETTLED_AFTER_MS = 30_000;

    private final Crowd settled;
    private final Crowd arriving;

    /** Nobody yet. */
    Followers(SessionLoop loop, StreamFeed feed) {
        this.settled = new Crowd(loop, feed, Optional.empty());
        this.arriving = new Crowd(loop, feed, Optional.of(settled));
    }

    void add(Subscription subscription) {
        arriving.add(subscription);
    }

    /** True when it was the last. */
    boolean remove(Subscription subscription) {
        if (!arriving.remove(subscription)) {
            settled.remove(subscription);
        }
        return arriving.isEmpty() && settled.isEmpty();
    }
}

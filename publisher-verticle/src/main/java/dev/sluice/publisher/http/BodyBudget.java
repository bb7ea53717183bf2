// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes of all bodies that are being read or checked (P8). Thread-safe. */
final class BodyBudget {

    private final long maxBytes;
    private final AtomicLong taken = new AtomicLong();

    BodyBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Takes so many, or none if there are not so many left. */
    boolean take(long bytes) {
        long before = taken.get();
        while (before + bytes <= maxBytes) {
            if (taken.compareAndSet(before, before + bytes)) {
                return true;
            }
            before = taken.get();
        }
        return false;
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    /** How many are taken now. */
    long taken() {
        return taken.get();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import dev.sluice.publisher.FairnessOptions;
import dev.sluice.publisher.OrgShares;
import dev.sluice.publisher.OrgShares.Outcome;
import java.util.Optional;

/** The bytes of all bodies that are being read or checked (P8), and what one org may have of them. Thread-safe. */
final class BodyBudget {

    /** The largest body there is: what one org may have at least. */
    private static final int LARGEST_BODY = ContentMode.BATCH.maxBodyBytes();

    private final OrgShares orgs;
    private final long maxBytes;
    private long withoutOrg;

    BodyBudget(long maxBytes, FairnessOptions fairness) {
        this.maxBytes = maxBytes;
        this.orgs = new OrgShares(maxBytes, fairness.share(maxBytes, LARGEST_BODY));
    }

    /**
     * Takes so many, or none if there are not so many left.
     *
     * @param org of the token; a token without one is a service of the operator's, which only the whole limits
     */
    synchronized Outcome take(Optional<String> org, long bytes) {
        if (orgs.taken() + withoutOrg + bytes > maxBytes) {
            return Outcome.FULL;
        }
        if (org.isEmpty()) {
            withoutOrg += bytes;
            return Outcome.TAKEN;
        }
        Outcome outcome = orgs.check(org.get(), bytes);
        if (outcome == Outcome.TAKEN) {
            orgs.take(org.get(), bytes);
        }
        return outcome;
    }

    synchronized void giveBack(Optional<String> org, long bytes) {
        if (org.isEmpty()) {
            withoutOrg -= bytes;
        } else {
            orgs.giveBack(org.get(), bytes);
        }
    }

    /** How many are taken now. */
    synchronized long taken() {
        return orgs.taken() + withoutOrg;
    }
}

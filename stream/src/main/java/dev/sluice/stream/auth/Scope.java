// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.auth;

import java.util.Arrays;
import java.util.Optional;

/** What a token may do. */
public enum Scope {
    /** Open sessions and receive events; what a token without a {@code scope} claim may do. */
    READ("realtime:read"),
    /** Publish events. */
    PUBLISH("realtime:publish"),
    /** Operate the cluster. */
    ADMIN("realtime:admin");

    private final String claim;

    Scope(String claim) {
        this.claim = claim;
    }

    /** As it stands in the {@code scope} claim. */
    public String claim() {
        return claim;
    }

    /** The scope of that name; scopes that are not ours are none of our business. */
    public static Optional<Scope> of(String claim) {
        return Arrays.stream(values())
                .filter(scope -> scope.claim.equals(claim))
                .findFirst();
    }
}

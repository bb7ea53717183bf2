// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.client;

import io.vertx.core.net.TrustOptions;
import java.time.Duration;
import java.util.Optional;

/**
 * Whom clients trust, and for how long they wait.
 *
 * @param authorities who may have signed the certificates of gateways; empty: those whom the machine trusts
 * @param patience for how long a subscriber waits for a word of a gateway that it asks; it gives a connection three quarters of it, and a
 *     publisher waits a quarter longer for its answer
 */
public record Manners(Optional<TrustOptions> authorities, Duration patience) {

    /** Four seconds, and whom the machine trusts. */
    public static final Manners DEFAULT = new Manners(Optional.empty(), Duration.ofSeconds(4));

    int connectMs() {
        return (int) patience.toMillis() * 3 / 4;
    }

    long publishMs() {
        return patience.toMillis() * 5 / 4;
    }
}

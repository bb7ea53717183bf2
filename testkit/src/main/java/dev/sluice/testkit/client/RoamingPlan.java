// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.client;

import java.net.URI;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a {@link RoamingSubscriber} does.
 *
 * @param name who it is in the history
 * @param org of its token
 * @param token asked for at every connection
 * @param services what it subscribes
 * @param gateways where it can connect to, asked for at every connection; never empty
 * @param stayMs how long it stays with a node on average; 0: until it has to leave
 */
public record RoamingPlan(
        String name,
        String org,
        Supplier<String> token,
        List<String> services,
        Supplier<List<URI>> gateways,
        long stayMs) {

    /** Copies. */
    public RoamingPlan {
        services = List.copyOf(services);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.gateway.hub.StreamHub;
import dev.sluice.gateway.ops.GatewayMetrics;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.TokenVerifier;
import io.vertx.core.json.JsonObject;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What all sessions of a node share.
 *
 * @param node the node's name, in every {@code welcome}
 * @param flags the feature flags of now
 * @param revoked whether the token of these claims has been revoked since it was verified
 */
public record SessionServices(
        String node,
        StreamHub hub,
        TokenVerifier verifier,
        SessionRegistry registry,
        GatewayMetrics metrics,
        Supplier<JsonObject> flags,
        Predicate<Claims> revoked) {

    /** The options of now: their limits may change while the node runs. */
    public SessionOptions options() {
        return registry.options();
    }
}

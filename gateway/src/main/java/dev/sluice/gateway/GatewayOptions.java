// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import dev.sluice.gateway.admission.AdmissionOptions;
import dev.sluice.gateway.canary.CanaryOptions;
import dev.sluice.gateway.flags.FeatureFlags;
import dev.sluice.gateway.hub.HubOptions;
import dev.sluice.gateway.ops.MetricsAccess;
import dev.sluice.gateway.session.SessionOptions;
import dev.sluice.gateway.transport.http.FallbackOptions;
import dev.sluice.stream.tls.TlsOptions;
import java.time.Duration;
import java.util.List;

/**
 * A gateway node. Keys begin with {@code gateway}.
 *
 * @param host the address to listen on; {@code 127.0.0.1}: that strangers can reach it is a decision to be made
 * @param port the port; 4000, 0 for any free one, to 65 535
 * @param tls how clients are spoken to: TLS, or plain HTTP
 * @param origins pages that may connect, such as {@code https://app.example.com}, or {@code *}; empty: pages of the gateway's
 *     own host only
 * @param compression whether permessage-deflate is offered; true
 * @param metricsAccess who may read the metrics: {@code loopback}, {@code admin} or {@code open}; loopback
 * @param drainWindow over how long the sessions are sent away when the node stops; 10 s, 0 to 10 m
 * @param flags what clients are asked to do until somebody changes that for the cluster
 * @param admission who is let in, and how fast
 * @param session what a session may do
 * @param fallback how server-sent events and long polls behave
 * @param hub how streams are held
 * @param canary how it is checked that pushes arrive
 */
public record GatewayOptions(
        String host,
        int port,
        TlsOptions tls,
        List<String> origins,
        boolean compression,
        MetricsAccess metricsAccess,
        Duration drainWindow,
        FeatureFlags flags,
        AdmissionOptions admission,
        SessionOptions session,
        FallbackOptions fallback,
        HubOptions hub,
        CanaryOptions canary) {

    private static final int MAX_PORT = 65_535;

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException naming the key and its bounds
     */
    public GatewayOptions {
        origins = List.copyOf(origins);
        if (host == null || host.isBlank()) {
            throw new IllegalArgumentException("gateway.host must be an address, such as 127.0.0.1 or 0.0.0.0");
        }
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("gateway.port must be 0 to 65535, is " + port);
        }
        tls.check("gateway.tls.");
        if (drainWindow.isNegative() || drainWindow.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException("gateway.drainWindow must be 0 to 10 m, is " + drainWindow);
        }
    }

    /** The same with what of others may change while the node runs: limits, and the flags at the start. */
    public GatewayOptions withLive(GatewayOptions other) {
        return new GatewayOptions(
                host,
                port,
                tls,
                origins,
                compression,
                metricsAccess,
                drainWindow,
                other.flags,
                admission.withLimits(other.admission),
                session.withLimits(other.session),
                fallback,
                hub,
                canary);
    }

    /** The defaults given with each key. */
    public static GatewayOptions defaults() {
        return new GatewayOptions(
                "127.0.0.1",
                4000,
                TlsOptions.defaults(),
                List.of(),
                true,
                MetricsAccess.LOOPBACK,
                Duration.ofSeconds(10),
                FeatureFlags.defaults(),
                AdmissionOptions.defaults(),
                SessionOptions.defaults(),
                FallbackOptions.defaults(),
                HubOptions.defaults(),
                CanaryOptions.defaults());
    }

    /** The same for a node that is alone: nobody is there to hear or to be heard. */
    public GatewayOptions withoutCanary() {
        return new GatewayOptions(
                host,
                port,
                tls,
                origins,
                compression,
                metricsAccess,
                drainWindow,
                flags,
                admission,
                session,
                fallback,
                hub,
                CanaryOptions.off());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import dev.sluice.cli.logging.LoggingOptions;
import dev.sluice.cli.tracing.TracingOptions;
import dev.sluice.gateway.GatewayOptions;
import dev.sluice.gateway.ops.MetricsAccess;
import dev.sluice.publisher.PublisherOptions;
import dev.sluice.stream.auth.AuthOptions;
import dev.sluice.stream.cluster.ClusterOptions;
import dev.sluice.stream.cluster.RuntimeOptions;
import dev.sluice.stream.log.LogOptions;
import dev.sluice.stream.metrics.MetricsOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * All there is to configure; the name of a component is the first part of its keys.
 *
 * @param node what this node is called in logs, metrics and to clients; not blank. Default: the name of the machine
 * @param cluster how it finds the others
 * @param log how much the log keeps
 * @param auth how tokens are verified
 * @param gateway what it offers to clients
 * @param publisher how it takes events
 * @param runtime what it runs on
 * @param logging what it writes to its log
 * @param metrics what its metrics tell
 * @param tracing which events are traced
 */
record SluiceConfig(
        Optional<String> node,
        ClusterOptions cluster,
        LogOptions log,
        AuthOptions auth,
        GatewayOptions gateway,
        PublisherOptions publisher,
        RuntimeOptions runtime,
        LoggingOptions logging,
        MetricsOptions metrics,
        TracingOptions tracing) {

    /** Checks the name, and that names of orgs are not shown to everybody. */
    SluiceConfig {
        if (node.isPresent() && node.get().isBlank()) {
            throw new IllegalArgumentException("node must not be blank");
        }
        if (metrics.topOrgs() > 0 && gateway.metricsAccess() == MetricsAccess.OPEN) {
            throw new IllegalArgumentException(
                    "metrics.topOrgs must be 0 when gateway.metricsAccess is open: everybody could"
                            + " read the names of orgs; set gateway.metricsAccess to loopback or admin");
        }
    }

    /** The defaults of each part. */
    static SluiceConfig defaults() {
        return new SluiceConfig(
                Optional.empty(),
                ClusterOptions.defaults(),
                LogOptions.defaults(),
                AuthOptions.defaults(),
                GatewayOptions.defaults(),
                PublisherOptions.defaults(),
                RuntimeOptions.defaults(),
                LoggingOptions.defaults(),
                MetricsOptions.defaults(),
                TracingOptions.defaults());
    }

    /** The same in another cluster. */
    SluiceConfig withCluster(ClusterOptions other) {
        return new SluiceConfig(node, other, log, auth, gateway, publisher, runtime, logging, metrics, tracing);
    }

    /** The same for other clients. */
    SluiceConfig withGateway(GatewayOptions other) {
        return new SluiceConfig(node, cluster, log, auth, other, publisher, runtime, logging, metrics, tracing);
    }

    /** The same with other keys. */
    SluiceConfig withAuth(AuthOptions other) {
        return new SluiceConfig(node, cluster, log, other, gateway, publisher, runtime, logging, metrics, tracing);
    }

    /** The same with what of another one may change while the process runs: {@link ConfigReload#LIVE_KEYS}. */
    SluiceConfig withLive(SluiceConfig other) {
        return new SluiceConfig(
                node,
                cluster,
                log,
                auth,
                gateway.withLive(other.gateway),
                publisher,
                runtime,
                logging.withLevels(other.logging),
                metrics,
                tracing);
    }

    /** What the node is called. */
    String nodeName() {
        return node.orElseGet(SluiceConfig::machineName);
    }

    private static String machineName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "node"; // a machine whose own name cannot be resolved is not wrong enough to stop for
        }
    }
}

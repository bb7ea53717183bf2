// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.fault;

import dev.sluice.testkit.cluster.ClusterPlan;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import dev.sluice.testkit.network.VirtualNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Three gateways and a publisher, whole again before every test: the same processes for all fault tests, for starting some takes longer than most faults do.
 * On a network where there can be one. What a test left broken is replaced, so that one failure does not become many.
 */
final class WholeCluster implements BeforeEachCallback, ParameterResolver {

    private static final int GATEWAYS = 3;
    private static final long NETWORK_SEED = 3;
    private static final Namespace NAMESPACE = Namespace.create(WholeCluster.class);

    /** Closed by JUnit at the end of the run. */
    private static final class Shared implements AutoCloseable {

        private TestCluster cluster;

        TestCluster whole() throws IOException {
            if (cluster != null && !isWhole()) {
                close();
            }
            if (cluster == null) {
                cluster = TestCluster.start(plan());
            }
            return cluster;
        }

        private static ClusterPlan plan() {
            ClusterPlan plan =
                    ClusterPlan.of(GATEWAYS).withPublishers(1).withSwitches().withSettings(Faulty.SETTINGS);
            return VirtualNetwork.unavailable().isEmpty() ? plan.withNetwork(NETWORK_SEED) : plan;
        }

        private boolean isWhole() {
            try {
                if (!cluster.processes().stream().allMatch(GatewayProcess::isRunning)) {
                    return false;
                }
                if (VirtualNetwork.unavailable().isEmpty()) {
                    cluster.faults().heal();
                }
                cluster.faults().dropPushes(0);
                for (GatewayProcess process : cluster.processes()) {
                    cluster.faults().clockJump(process, Duration.ZERO);
                }
                cluster.awaitMembers(GATEWAYS);
                return true;
            } catch (IOException | AssertionError e) {
                System.out.println("a new cluster, for the old one does not come together: " + e.getMessage());
                return false;
            }
        }

        @Override
        public void close() {
            if (cluster != null) {
                cluster.close();
                cluster = null;
            }
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        shared(context).whole();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestCluster.class;
    }

    @Override
    public TestCluster resolveParameter(ParameterContext parameter, ExtensionContext context) {
        try {
            return shared(context).whole();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Shared shared(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(Shared.class, type -> new Shared(), Shared.class);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a {@link TestCluster} is made of.
 *
 * @param gateways how many gateway nodes, at least 1
 * @param publishers how many processes that only publish
 * @param settings environment variables, such as {@code SLUICE_GATEWAY_SESSION_MAX_LAG}, of every process
 * @param network whether each process has a host of its own on a {@linkplain dev.sluice.testkit.network.Wire wire}; otherwise all are on 127.0.0.1
 * @param switches whether pushes can be dropped and clocks put forward while the processes run
 * @param classesBefore folders of classes that go before the product's, for builds that are broken on purpose
 * @param seed decides all that is random about the network
 */
public record ClusterPlan(
        int gateways,
        int publishers,
        Map<String, String> settings,
        boolean network,
        boolean switches,
        List<Path> classesBefore,
        long seed) {

    /** Copies and checks. */
    public ClusterPlan {
        if (gateways < 1 || publishers < 0) {
            throw new IllegalArgumentException("at least one gateway: " + gateways + ", " + publishers);
        }
        settings = Map.copyOf(settings);
        classesBefore = List.copyOf(classesBefore);
    }

    /** So many gateways on 127.0.0.1 with the default settings. */
    public static ClusterPlan of(int gateways) {
        return new ClusterPlan(gateways, 0, Map.of(), false, false, List.of(), 1);
    }

    /** The same with publishers. */
    public ClusterPlan withPublishers(int count) {
        return new ClusterPlan(gateways, count, settings, network, switches, classesBefore, seed);
    }

    /** The same with further settings. */
    public ClusterPlan withSettings(Map<String, String> further) {
        Map<String, String> all = new TreeMap<>(settings);
        all.putAll(further);
        return new ClusterPlan(gateways, publishers, all, network, switches, classesBefore, seed);
    }

    /** The same on a network whose random faults come from the seed. */
    public ClusterPlan withNetwork(long networkSeed) {
        return new ClusterPlan(gateways, publishers, settings, true, switches, classesBefore, networkSeed);
    }

    /** The same with switches. */
    public ClusterPlan withSwitches() {
        return new ClusterPlan(gateways, publishers, settings, network, true, classesBefore, seed);
    }

    /** The same with other classes before the product's. */
    public ClusterPlan withClassesBefore(Path folder) {
        List<Path> all = new ArrayList<>(classesBefore);
        all.add(folder);
        return new ClusterPlan(gateways, publishers, settings, network, switches, all, seed);
    }
}

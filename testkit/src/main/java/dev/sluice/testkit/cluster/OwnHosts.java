// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.cluster;

import dev.sluice.testkit.network.VirtualNetwork;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Each process on a host of its own, at the default ports. */
final class OwnHosts implements Placement {

    private final VirtualNetwork network;
    private final List<String> gateways;

    OwnHosts(List<String> nodes, List<String> gateways, long seed) throws IOException {
        this.network = VirtualNetwork.create(nodes, seed);
        this.gateways = List.copyOf(gateways);
    }

    VirtualNetwork network() {
        return network;
    }

    @Override
    public String address(String node) {
        return network.address(node);
    }

    @Override
    public List<String> enter(String node) {
        return network.enter(node);
    }

    @Override
    public Map<String, String> settings(String node) {
        String address = network.address(node);
        return Map.of(
                "SLUICE_GATEWAY_HOST", address,
                "SLUICE_PUBLISHER_HTTP_HOST", address,
                "SLUICE_CLUSTER_HOST", address,
                "SLUICE_CLUSTER_PORT_COUNT", "1",
                "SLUICE_CLUSTER_MEMBERS",
                        gateways.stream().map(network::address).collect(Collectors.joining(",")));
    }

    @Override
    public void close() {
        network.close();
    }
}

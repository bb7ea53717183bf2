// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.cluster;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;

/** All on 127.0.0.1, at ports that were free when the cluster was made. */
final class Loopback implements Placement {

    private static final String ADDRESS = "127.0.0.1";
    private static final int SPARE_PORTS = 2;

    private final int ports;
    private final int basePort;

    Loopback(int members) throws IOException {
        this.ports = members + SPARE_PORTS;
        this.basePort = freePorts(ports);
    }

    @Override
    public String address(String node) {
        return ADDRESS;
    }

    @Override
    public List<String> enter(String node) {
        return List.of();
    }

    @Override
    public Map<String, String> settings(String node) {
        return Map.of(
                "SLUICE_GATEWAY_PORT",
                "0",
                "SLUICE_PUBLISHER_HTTP_PORT",
                "0",
                "SLUICE_CLUSTER_PORT",
                Integer.toString(basePort),
                "SLUICE_CLUSTER_PORT_COUNT",
                Integer.toString(ports));
    }

    @Override
    public void close() {
        // nothing is held
    }

    /** A range of free ports, one after another; another process may still take one, and then the start fails visibly. */
    private static int freePorts(int count) throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            int base;
            try (ServerSocket probe = new ServerSocket(0)) {
                base = probe.getLocalPort();
            }
            if (base + count < 65_536 && allFree(base, count)) {
                return base;
            }
        }
        throw new IOException("no " + count + " free ports in a row");
    }

    private static boolean allFree(int base, int count) {
        for (int port = base; port < base + count; port++) {
            try (ServerSocket probe = new ServerSocket(port)) {
                if (probe.getLocalPort() != port) {
                    return false;
                }
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }
}

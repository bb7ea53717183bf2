// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.cluster;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** All on 127.0.0.1, at ports that were free when the cluster was made. */
final class Loopback implements Placement {

    private static final String ADDRESS = "127.0.0.1";
    private static final int SPARE_PORTS = 2;

    /** Above what services have by custom. */
    private static final int FIRST_PORT = 10_000;

    /** From here on Linux gives ports to outgoing connections: after a test with thousands of them hardly any four are free in a row. */
    private static final int EPHEMERAL = 32_768;

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
            int base = ThreadLocalRandom.current().nextInt(FIRST_PORT, EPHEMERAL - count);
            if (allFree(base, count)) {
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

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.local;

/**
 * How many processes there are, and on which ports.
 *
 * @param nodes how many gateway nodes, 1 to 20
 * @param port the HTTP port of the first node; the others and the publisher have the next ones
 * @param clusterPort the first of as many ports for Hazelcast
 */
public record LocalClusterPlan(int nodes, int port, int clusterPort) {

    /** The most nodes; more do not fit a machine. */
    public static final int MAX_NODES = 20;

    private static final int MAX_PORT = 65_535;
    private static final int PREFIX_WIDTH = "publisher".length();

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    public LocalClusterPlan {
        if (nodes < 1 || nodes > MAX_NODES) {
            throw new IllegalArgumentException("a cluster has 1 to " + MAX_NODES + " nodes, not " + nodes);
        }
        checkPorts("--port", port, nodes);
        checkPorts("--cluster-port", clusterPort, nodes);
    }

    /** Where the publisher answers HTTP. */
    public int publisherPort() {
        return port + nodes;
    }

    /** More than half of the nodes, so that after a network partition only one side goes on. */
    public int quorum() {
        return nodes / 2 + 1;
    }

    /** What stands before a line of the process. */
    String prefix(String name) {
        return name + " ".repeat(Math.max(0, PREFIX_WIDTH - name.length())) + " | ";
    }

    private static void checkPorts(String option, int first, int nodes) {
        if (first < 1 || first + nodes > MAX_PORT) {
            throw new IllegalArgumentException(option + " must be 1 to " + (MAX_PORT - nodes) + ", is " + first);
        }
    }
}

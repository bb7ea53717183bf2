// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

/** Where the members of the tests of this JVM meet. Maven runs the tests in several JVMs at once, and members that ask those of another cluster are refused, which takes time. */
public final class ForkPorts {

    private static final int PORTS_OF_A_FORK = 100;

    private ForkPorts() {}

    /** The first of a hundred ports that are this JVM's. */
    public static int first() {
        return ClusterOptions.defaults().port() + Integer.getInteger("sluice.test.fork", 0) * PORTS_OF_A_FORK;
    }
}

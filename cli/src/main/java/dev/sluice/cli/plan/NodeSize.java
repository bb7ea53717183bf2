// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.plan;

/**
 * One node, and how much of it may be used.
 *
 * @param memoryBytes of the machine or container
 * @param cores of it
 * @param bitsPerSecond of its network, each way
 * @param utilisation the share of each that may be used at the peak
 * @param backups copies of each event beside the first
 */
public record NodeSize(double memoryBytes, double cores, double bitsPerSecond, double utilisation, int backups) {

    private static final int MOST_BACKUPS = 6;

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException naming the option and its bounds
     */
    public NodeSize {
        Bounds.check("--memory", memoryBytes, 512L << 20, 1L << 44);
        Bounds.check("--cores", cores, 0.5, 1_024);
        Bounds.check("--network", bitsPerSecond, 1e6, 1e12);
        Bounds.check("--utilisation", utilisation, 0.1, 0.95);
        Bounds.check("--backups", backups, 1, MOST_BACKUPS);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.metrics;

/**
 * What the metrics tell. Keys begin with {@code metrics}.
 *
 * @param topOrgs how many orgs the {@code sluice.org.*} meters name, those that have most of what is measured; 0: none, to 100
 */
public record MetricsOptions(int topOrgs) {

    private static final int MAX_TOP_ORGS = 100;

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException naming the key and its bounds
     */
    public MetricsOptions {
        if (topOrgs < 0 || topOrgs > MAX_TOP_ORGS) {
            throw new IllegalArgumentException("metrics.topOrgs must be 0 to " + MAX_TOP_ORGS + ", is " + topOrgs);
        }
    }

    /** The defaults given with each key: no org is named. */
    public static MetricsOptions defaults() {
        return new MetricsOptions(0);
    }
}

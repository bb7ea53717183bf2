// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.metrics;

/**
 * Counts what orgs do, such as the bytes that are delivered to them, for a meter that names those who do most. Any thread, no
 * allocation; when it is {@linkplain #OFF off}, one comparison.
 *
 * <p>Threads count in different sketches as a rule, so that they do not wait for each other. Their errors add up to no more than that of
 * a single sketch: each is at most its own part of the total divided by the number of its counters.
 */
public final class OrgFlow {

    /** Counts nothing. */
    public static final OrgFlow OFF = new OrgFlow(0, 0);

    private final SpaceSaving[] sketches;

    /**
     * Nothing was counted yet.
     *
     * @param stripes how many sketches, a power of two, or 0: nothing is counted
     * @param capacity how many orgs each follows
     */
    OrgFlow(int stripes, int capacity) {
        sketches = new SpaceSaving[stripes];
        for (int i = 0; i < stripes; i++) {
            sketches[i] = new SpaceSaving(capacity);
        }
    }

    /** Counts an amount, not negative, for an org. */
    public void add(String org, long amount) {
        if (sketches.length == 0) {
            return;
        }
        SpaceSaving sketch = sketches[(int) Thread.currentThread().getId() & sketches.length - 1];
        synchronized (sketch) {
            sketch.add(org, amount);
        }
    }

    /** What was counted since this was last asked. */
    OrgAmounts drain() {
        OrgAmounts amounts = new OrgAmounts();
        for (SpaceSaving sketch : sketches) {
            synchronized (sketch) {
                amounts.addToTotal(sketch.total());
                sketch.drain(amounts::addKnown);
            }
        }
        return amounts;
    }
}

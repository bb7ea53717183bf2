// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.trace;

/** A span under way. Any thread; never blocks. What is said after its end is not recorded. */
public interface TraceSpan {

    /** What its children and whoever goes on from it refer to. */
    TraceContext context();

    /** Adds a number. */
    TraceSpan with(String attribute, long value);

    /** Adds a text. */
    TraceSpan with(String attribute, String value);

    /** Ends it. */
    void end();

    /**
     * Ends it as failed.
     *
     * @param reason in words that are safe to show
     */
    void fail(String type, String reason);
}

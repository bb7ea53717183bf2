// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.trace;

/** What a span stands for; its {@linkplain #word() word} begins the name of the span. */
public enum TraceStep {

    /** From the publish to its answer. The parent of the other two. */
    PUBLISH("publish"),

    /** From the first attempt at the commit to its confirmation by the backups. */
    COMMIT("commit"),

    /** On one gateway: from the push to the last session that was up to date. */
    DELIVER("deliver");

    private final String word;

    TraceStep(String word) {
        this.word = word;
    }

    /** In names of spans, and the {@code messaging.operation.name}. */
    public String word() {
        return word;
    }
}

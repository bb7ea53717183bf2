// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.Event;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.trace.TraceAttributes;
import dev.sluice.stream.trace.TraceContext;
import dev.sluice.stream.trace.TraceSpan;
import dev.sluice.stream.trace.TraceStep;
import dev.sluice.stream.trace.Tracing;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The spans of one commit: one for each publish in it that is traced, for a commit has events of many. Confined to the loop. */
final class CommitTrace {

    /** Of a commit of which nothing is traced. */
    private static final CommitTrace NONE = new CommitTrace(List.of());

    private final List<TraceSpan> spans;

    private CommitTrace(List<TraceSpan> spans) {
        this.spans = spans;
    }

    static CommitTrace begin(Tracing tracing, Commit commit) {
        if (!tracing.isOn()) {
            return NONE;
        }
        List<TraceSpan> spans = new ArrayList<>(0);
        Set<TraceContext> seen = new HashSet<>(0);
        for (Event event : commit.events()) {
            TraceContext publish = event.trace();
            if (publish != null && seen.add(publish)) {
                spans.add(tracing.start(TraceStep.COMMIT, event.key(), Optional.of(publish))
                        .with(TraceAttributes.SHARD, commit.shard())
                        .with(TraceAttributes.COMMIT_EVENTS, commit.events().size()));
            }
        }
        return spans.isEmpty() ? NONE : new CommitTrace(spans);
    }

    void succeeded(int attempts) {
        for (TraceSpan span : spans) {
            span.with(TraceAttributes.COMMIT_ATTEMPTS, attempts).end();
        }
    }

    void failed(int attempts, String type, String reason) {
        for (TraceSpan span : spans) {
            span.with(TraceAttributes.COMMIT_ATTEMPTS, attempts).fail(type, reason);
        }
    }
}

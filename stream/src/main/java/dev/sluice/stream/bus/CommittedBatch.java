// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.bus;

import dev.sluice.stream.Event;
import dev.sluice.stream.Position;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.log.CommitResult;
import dev.sluice.stream.log.ShardVersion;
import dev.sluice.stream.trace.TraceContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The push: what one commit added to a shard, sent to the shard's address so that gateways need not ask the log. It may
 * be lost; {@code version} is how a gateway notices. Immutable, and passed by reference to local receivers.
 *
 * @param shard the shard
 * @param version the shard's version after the commit
 * @param timestamp when the log accepted it, epoch milliseconds
 * @param runs what was added, one run a stream; empty only in a {@link ShardProbe}
 */
public record CommittedBatch(int shard, ShardVersion version, long timestamp, List<Run> runs) {

    /** Copies the list. */
    public CommittedBatch {
        runs = List.copyOf(runs);
    }

    /**
     * Consecutive events of one stream.
     *
     * @param key the stream
     * @param epoch its epoch
     * @param firstSeq the seq of the first event
     * @param events their JSON; not to be written to
     * @param traces those of them that are traced, by index; empty for nearly all
     */
    public record Run(StreamKey key, String epoch, long firstSeq, List<byte[]> events, List<Traced> traces) {

        /** Copies the lists, not the bytes. */
        public Run {
            events = List.copyOf(events);
            traces = List.copyOf(traces);
        }

        /** A run of which nothing is traced. */
        public Run(StreamKey key, String epoch, long firstSeq, List<byte[]> events) {
            this(key, epoch, firstSeq, events, List.of());
        }

        /** The seq of the last event. */
        public long lastSeq() {
            return firstSeq + events.size() - 1;
        }
    }

    /**
     * Events of a run that share the span of their publish.
     *
     * @param index of the last of them in the run
     * @param count how many
     * @param publish the span of their publish
     */
    public record Traced(int index, int count, TraceContext publish) {

        private Traced extendedTo(int last) {
            return new Traced(last, count + 1, publish);
        }
    }

    /** The push for a commit, or empty when the commit added nothing (every event was there already or refused). */
    public static Optional<CommittedBatch> of(Commit commit, CommitResult result) {
        Map<StreamKey, List<byte[]>> added = new LinkedHashMap<>();
        Map<StreamKey, Position> first = new LinkedHashMap<>();
        Map<StreamKey, List<Traced>> traces = Map.of();
        for (int i = 0; i < commit.events().size(); i++) {
            Event event = commit.events().get(i);
            Optional<Receipt> receipt = result.receipts().get(i);
            if (receipt.isPresent() && !receipt.get().duplicate()) {
                first.putIfAbsent(event.key(), receipt.get().position());
                List<byte[]> run = added.computeIfAbsent(event.key(), key -> new ArrayList<>());
                if (event.trace() != null) {
                    traces = traces.isEmpty() ? new HashMap<>() : traces;
                    trace(traces.computeIfAbsent(event.key(), key -> new ArrayList<>()), run.size(), event.trace());
                }
                run.add(event.json());
            }
        }
        if (added.isEmpty()) {
            return Optional.empty();
        }
        List<Run> runs = new ArrayList<>(added.size());
        for (Map.Entry<StreamKey, List<byte[]>> run : added.entrySet()) {
            StreamKey key = run.getKey();
            runs.add(new Run(
                    key,
                    first.get(key).epoch(),
                    first.get(key).seq(),
                    run.getValue(),
                    traces.getOrDefault(key, List.of())));
        }
        return Optional.of(new CommittedBatch(commit.shard(), result.version(), result.timestamp(), runs));
    }

    private static void trace(List<Traced> of, int index, TraceContext publish) {
        Traced last = of.isEmpty() ? null : of.get(of.size() - 1);
        if (last != null && last.publish().equals(publish)) {
            of.set(of.size() - 1, last.extendedTo(index));
        } else {
            of.add(new Traced(index, 1, publish));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.Event;
import dev.sluice.stream.InvalidEventException;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.StreamKey;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A list of events on its way: a group for each of its streams, and the way back to the order of the list. Of the caller's thread. */
final class Submission {

    private final List<Part> parts;
    private final int size;

    /** A group, and where its events stand in the list. */
    private record Part(Group group, List<Integer> indexes) {}

    /**
     * Sorts by stream, keeping the order within each.
     *
     * @throws InvalidEventException if the events of a stream do not fit in one commit
     */
    Submission(List<Event> events, long submittedAt, QueueBound bound) {
        Map<StreamKey, List<Integer>> byStream = new LinkedHashMap<>();
        for (int i = 0; i < events.size(); i++) {
            byStream.computeIfAbsent(events.get(i).key(), key -> new ArrayList<>())
                    .add(i);
        }
        this.size = events.size();
        this.parts = byStream.values().stream()
                .map(indexes ->
                        new Part(new Group(indexes.stream().map(events::get).toList(), submittedAt, bound), indexes))
                .toList();
    }

    List<Group> groups() {
        return parts.stream().map(Part::group).toList();
    }

    /** The receipts in the order of the list; fails when those of one stream do, with {@link PartialPublishException} when not all do. */
    Future<List<Receipt>> future() {
        List<Future<List<Receipt>>> ends =
                parts.stream().map(part -> part.group().future()).toList();
        return Future.join(ends).transform(all -> merged());
    }

    private Future<List<Receipt>> merged() {
        List<Optional<Receipt>> receipts = new ArrayList<>(Collections.nCopies(size, Optional.empty()));
        Throwable failure = null;
        boolean anyTaken = false;
        for (Part part : parts) {
            Future<List<Receipt>> end = part.group().future();
            if (end.succeeded()) {
                anyTaken = true;
                for (int i = 0; i < part.indexes().size(); i++) {
                    receipts.set(part.indexes().get(i), Optional.of(end.result().get(i)));
                }
            } else if (failure == null) {
                failure = end.cause();
            }
        }
        if (failure == null) {
            return Future.succeededFuture(
                    receipts.stream().map(Optional::orElseThrow).toList());
        }
        return Future.failedFuture(anyTaken ? new PartialPublishException(receipts, failure) : failure);
    }
}

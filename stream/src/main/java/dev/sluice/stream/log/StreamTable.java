// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.StreamKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** The streams of a shard in the order in which they were made, counted by org. Confined to its shard. */
final class StreamTable {

    private final Map<StreamKey, StreamState> streams = new LinkedHashMap<>();
    private final Map<String, Integer> perOrg = new HashMap<>();

    /** The stream, or null. */
    StreamState get(StreamKey key) {
        return streams.get(key);
    }

    Collection<StreamState> all() {
        return streams.values();
    }

    int size() {
        return streams.size();
    }

    /**
     * Whether one more stream of this org is within the bounds: the org's own, and that all streams together, were they
     * without events, cost at most half of the shard's bytes (else there would be nothing left to evict).
     */
    boolean hasRoom(String org, Limits limits) {
        long overheadBytes = (streams.size() + 1L) * StreamState.OVERHEAD_BYTES;
        return perOrg.getOrDefault(org, 0) < limits.maxStreamsPerOrg() && overheadBytes <= limits.maxShardBytes() / 2;
    }

    /**
     * Whether the streams of an answer are still there. If not, the backups cannot be told of its positions, and one of them may still have the stream and give
     * them to others.
     */
    boolean hold(CommitRequest request, CommitAnswer answer) {
        for (int i = 0; i < answer.size(); i++) {
            StreamState stream = get(request.entries().get(i).key());
            if (answer.isAccepted(i) && (stream == null || !stream.epoch().equals(answer.epoch(i)))) {
                return false;
            }
        }
        return true;
    }

    /** Adds a stream, in the place of one of the same key if there is one. */
    void put(StreamState stream) {
        if (streams.put(stream.key(), stream) == null) {
            perOrg.merge(stream.key().org(), 1, Integer::sum);
        }
    }

    void removeIf(Predicate<StreamState> condition) {
        Iterator<StreamState> all = streams.values().iterator();
        while (all.hasNext()) {
            StreamState stream = all.next();
            if (condition.test(stream)) {
                all.remove();
                perOrg.computeIfPresent(stream.key().org(), (org, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    void clear() {
        streams.clear();
        perOrg.clear();
    }
}

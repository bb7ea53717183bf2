// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.EventId;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.StreamKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What a shard promises, said in the simplest way: nothing is ever dropped, every check looks through everything. */
final class LogModel implements Simulation.Observer {

    private final Replica shard;
    private final Map<StreamKey, Stream> streams = new LinkedHashMap<>();
    private final Map<UUID, Answer> answers = new HashMap<>();
    private final Set<String> epochs = new HashSet<>();
    private long version;
    private long time;
    /** What was too old then is gone, even if the clock goes back after. */
    private long sweptAt;

    LogModel(Replica shard) {
        this.shard = shard;
    }

    private record Answer(long number, CommitResult result) {}

    private record Accepted(CommitEntry entry, long time) {}

    private static final class Stream {
        String epoch;
        final List<Accepted> accepted = new ArrayList<>();
        long lastActivity;
        long lastVersion;

        /** The seq by which the id must be recognised, 0 if it may come again. */
        long find(EventId id, long time, int from, Limits limits) {
            for (int i = accepted.size() - 1; i >= from; i--) {
                if (accepted.get(i).entry().id().equals(id)) {
                    return time - accepted.get(i).time() <= limits.dedupWindowMillis() ? i + 1 : 0;
                }
            }
            return 0;
        }
    }

    @Override
    public void committed(CommitRequest request, ShardState.Committed outcome) {
        // No list of actions takes so long that a publisher is forgotten.
        Answer last = answers.get(request.publisher());
        if (last != null && request.number() < last.number()) {
            assertThat(outcome.reply().refusal()).isNotNull();
            assertThat(outcome.delta()).isNull();
            return;
        }
        if (last != null && request.number() == last.number() && isForgotten(request, last.result())) {
            assertThat(outcome.reply().refusal()).contains("forgotten");
            assertThat(outcome.delta()).isNull();
            return;
        }
        CommitResult result = outcome.reply().toResult();
        if (last != null && request.number() == last.number()) {
            assertThat(result).as("the same answer").isEqualTo(last.result());
            return;
        }
        time = Math.max(time, shard.now);
        assertThat(result.timestamp()).isEqualTo(time);
        Map<StreamKey, Integer> windows = new HashMap<>();
        boolean added = false;
        for (int i = 0; i < request.entries().size(); i++) {
            added |= publish(request.entries().get(i), result.receipts().get(i), windows);
        }
        version += added ? 1 : 0;
        assertThat(result.version().number()).isEqualTo(version);
        answers.put(request.publisher(), new Answer(request.number(), result));
    }

    /** Whether a stream of the answer is gone, or another one of its name has come. */
    private boolean isForgotten(CommitRequest request, CommitResult result) {
        for (int i = 0; i < request.entries().size(); i++) {
            Stream stream = streams.get(request.entries().get(i).key());
            Optional<Receipt> receipt = result.receipts().get(i);
            if (receipt.isPresent()
                    && (stream == null
                            || !stream.epoch.equals(receipt.get().position().epoch()))) {
                return true;
            }
        }
        return false;
    }

    private boolean publish(CommitEntry entry, Optional<Receipt> receipt, Map<StreamKey, Integer> windows) {
        Stream stream = streams.get(entry.key());
        if (stream == null && orgIsFull(entry.key())) {
            assertThat(receipt).isEmpty();
            return false;
        }
        Receipt given = receipt.orElseThrow();
        if (stream == null) {
            stream = made(entry.key(), given.position().epoch());
        }
        assertThat(given.position().epoch()).isEqualTo(stream.epoch);
        int known = stream.accepted.size();
        int from = windows.computeIfAbsent(entry.key(), key -> Math.max(0, known - shard.limits.dedupMaxIds()));
        long seen = stream.find(entry.id(), time, from, shard.limits);
        assertThat(given.duplicate()).isEqualTo(seen != 0);
        if (seen != 0) {
            assertThat(given.position().seq()).isEqualTo(seen);
            return false;
        }
        stream.accepted.add(new Accepted(entry, time));
        assertThat(given.position().seq()).as("dense").isEqualTo(stream.accepted.size());
        stream.lastActivity = time;
        stream.lastVersion = version + 1;
        return true;
    }

    @Override
    public void read(ReadRequest request, ShardState.Read outcome) {
        Stream stream = streams.get(request.key());
        if (stream == null && orgIsFull(request.key())) {
            assertThat(outcome.reply().refusal()).isNotNull();
            return;
        }
        LogSlice slice = outcome.reply().toSlice();
        if (stream == null) {
            time = Math.max(time, shard.now);
            stream = made(request.key(), slice.epoch());
        }
        assertThat(slice.epoch()).isEqualTo(stream.epoch);
        assertThat(slice.head()).isEqualTo(stream.accepted.size());
        assertThat(slice.version().number()).isEqualTo(version);
        assertThat(slice.oldest())
                .isBetween(Math.max(1, slice.head() - shard.limits.maxEvents() + 1), oldestDue(stream));
        assertThat(slice.firstSeq()).isEqualTo(Math.min(Math.max(request.fromSeq(), slice.oldest()), slice.head() + 1));
        assertThat(slice.events()).hasSize((int) Math.min(request.maxEvents(), slice.head() - slice.firstSeq() + 1));
        for (int i = 0; i < slice.events().size(); i++) {
            Accepted accepted = stream.accepted.get((int) slice.firstSeq() + i - 1);
            assertThat(slice.events().get(i).json()).isEqualTo(accepted.entry().json());
            assertThat(slice.events().get(i).timestamp()).isEqualTo(accepted.time());
        }
    }

    /** The oldest seq that neither count nor age allow to be missing. */
    private long oldestDue(Stream stream) {
        long now = Math.max(Math.max(time, shard.now), sweptAt);
        long seq = stream.accepted.size();
        while (seq >= 1
                && stream.accepted.size() - seq < shard.limits.maxEvents()
                && now - stream.accepted.get((int) seq - 1).time() <= shard.limits.maxAgeMillis()) {
            seq--;
        }
        return seq + 1;
    }

    @Override
    public void swept() {
        long now = Math.max(time, shard.now);
        sweptAt = Math.max(sweptAt, now);
        streams.values().removeIf(stream -> now - stream.lastActivity >= shard.limits.forgetAfterMillis());
    }

    /** To be called after every action. */
    void checkChanges() {
        for (long since = 0; since <= version; since++) {
            long after = since;
            List<StreamKey> moved = streams.entrySet().stream()
                    .filter(entry -> entry.getValue().lastVersion > after)
                    .map(Map.Entry::getKey)
                    .toList();
            assertThat(shard.state.changes(new ShardVersion(7, since)).heads().keySet())
                    .containsExactlyInAnyOrderElementsOf(moved);
        }
    }

    private Stream made(StreamKey key, String epoch) {
        assertThat(epochs.add(epoch)).as("a new epoch").isTrue();
        Stream stream = new Stream();
        stream.epoch = epoch;
        stream.lastActivity = time;
        streams.put(key, stream);
        return stream;
    }

    private boolean orgIsFull(StreamKey key) {
        return streams.keySet().stream()
                        .filter(other -> other.org().equals(key.org()))
                        .count()
                >= shard.limits.maxStreamsPerOrg();
    }
}

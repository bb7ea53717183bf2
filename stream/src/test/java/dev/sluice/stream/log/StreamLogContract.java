// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.stream.Event;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.Position;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.StreamKey;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What {@link StreamLog} says, for every implementation. Each test has an org of its own, for they may share a log. */
abstract class StreamLogContract {

    /** Few shards, so that streams meet. */
    static final LogOptions OPTIONS = new LogOptions(
            4,
            1_000,
            Duration.ofMinutes(5),
            Duration.ofDays(1),
            Duration.ofMinutes(5),
            4_096,
            32L << 20,
            2,
            Duration.ofHours(1));

    private final String org = "org-" + UUID.randomUUID();
    private final UUID publisher = UUID.randomUUID();
    private int commits;

    abstract StreamLog log();

    @Test
    void shouldHoldWhatWasCommittedWhenRead() {
        StreamKey key = new StreamKey(org, "finance");

        CommitResult result = await(log().commit(commit(key, "a", "b", "c")));
        LogSlice slice = await(log().read(key, 2, 10, 1_000_000));

        assertThat(result.receipts().stream()
                        .map(receipt -> receipt.orElseThrow().position().seq()))
                .containsExactly(1L, 2L, 3L);
        assertThat(slice.epoch())
                .isEqualTo(result.receipts().get(0).orElseThrow().position().epoch());
        assertThat(slice.oldest()).isEqualTo(1);
        assertThat(slice.head()).isEqualTo(3);
        assertThat(slice.firstSeq()).isEqualTo(2);
        assertThat(slice.version()).isEqualTo(result.version());
        assertThat(slice.events().stream().map(event -> new String(event.json(), StandardCharsets.UTF_8)))
                .containsExactly(json(key, "b"), json(key, "c"));
        assertThat(slice.events()).allMatch(event -> event.timestamp() == result.timestamp());
    }

    @Test
    void shouldAnswerAlikeWhenACommitIsSentAgain() {
        Commit commit = commit(new StreamKey(org, "finance"), "a", "b");

        CommitResult first = await(log().commit(commit));
        CommitResult again = await(log().commit(commit));

        assertThat(again).isEqualTo(first);
        assertThat(again.receipts()).noneMatch(receipt -> receipt.orElseThrow().duplicate());
        assertThat(await(log().read(commit.events().get(0).key(), 1, 10, 1_000)).head())
                .isEqualTo(2);
    }

    @Test
    void shouldFailWhenACommitComesTooLate() {
        Commit first = commit(new StreamKey(org, "finance"), "a");
        Commit second = commit(new StreamKey(org, "finance"), "b");
        await(log().commit(second));

        Future<CommitResult> late = log().commit(first);

        assertThatThrownBy(() -> await(late)).isInstanceOf(StaleCommitException.class);
    }

    @Test
    void shouldPointToTheFirstWhenAnEventIsPublishedAgain() {
        StreamKey key = new StreamKey(org, "finance");
        CommitResult first = await(log().commit(commit(key, "a")));

        CommitResult again = await(log().commit(commit(key, "a")));

        Position position = first.receipts().get(0).orElseThrow().position();
        assertThat(again.receipts()).containsExactly(Optional.of(new Receipt(position, true)));
    }

    @Test
    void shouldMakeAStreamWhenItIsReadFirst() {
        StreamKey key = new StreamKey(org, "finance");

        LogSlice made = await(log().read(key, Position.MAX_SEQ, 0, 0));
        CommitResult result = await(log().commit(commit(key, "a")));

        assertThat(made.head()).isZero();
        assertThat(result.receipts().get(0).orElseThrow().position()).isEqualTo(new Position(made.epoch(), 1));
    }

    @Test
    void shouldBeginANewEpochWhenTheKnownHistoryIsAnotherOne() {
        StreamKey key = new StreamKey(org, "finance");
        Position position = await(log().commit(commit(key, "a")))
                .receipts()
                .get(0)
                .orElseThrow()
                .position();
        LogSlice.StoredEvent event =
                await(log().read(key, 1, 1, 1_000)).events().get(0);
        long fingerprint = KnownEvent.fingerprint(event.timestamp(), event.json());

        LogSlice same = await(log().renew(key, new KnownEvent(position.epoch(), 1, fingerprint)));
        LogSlice renewed = await(log().renew(key, new KnownEvent(position.epoch(), 2, fingerprint)));

        assertThat(same.epoch()).isEqualTo(position.epoch());
        assertThat(same.head()).isEqualTo(1);
        assertThat(renewed.epoch()).isNotEqualTo(position.epoch());
        assertThat(renewed.head()).isZero();
        assertThat(await(log().read(key, 1, 10, 1_000)).epoch()).isEqualTo(renewed.epoch());
    }

    @Test
    void shouldTellWhatMovedWhenAskedForChanges() {
        StreamKey key = new StreamKey(org, "finance");
        int shard = key.shard(log().shards());
        CommitResult first = await(log().commit(commit(key, "a")));
        assertThat(await(log().version(shard))).isEqualTo(first.version());

        CommitResult second = await(log().commit(commit(key, "b")));
        ShardChanges changes = await(log().changes(shard, first.version()));

        assertThat(second.version().incarnation())
                .isEqualTo(first.version().incarnation())
                .isNotZero();
        assertThat(second.version().number()).isEqualTo(first.version().number() + 1);
        assertThat(changes.version()).isEqualTo(second.version());
        assertThat(changes.heads())
                .containsEntry(key, second.receipts().get(0).orElseThrow().position());
        assertThat(await(log().changes(shard, second.version())).heads()).doesNotContainKey(key);
    }

    @Test
    void shouldRefuseStreamsWhenTheOrgHasAllOfThem() {
        List<StreamKey> keys = keysOfOneShard(3);
        await(log().read(keys.get(0), 1, 1, 1));
        await(log().commit(commit(keys.get(1), "a")));

        assertThatThrownBy(() -> await(log().read(keys.get(2), 1, 1, 1))).isInstanceOf(StreamLimitException.class);
        assertThat(await(log().commit(commit(keys.get(2), "a"))).receipts()).containsExactly(Optional.empty());
    }

    @Test
    void shouldThrowAtOnceWhenACommitCannotBeOne() {
        StreamKey key = new StreamKey(org, "finance");
        int shard = key.shard(log().shards());
        Event event = event(key, "a");
        int other = (shard + 1) % log().shards();

        assertThatThrownBy(() -> log().commit(new Commit(other, publisher, 1, List.of(event))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log().commit(new Commit(log().shards(), publisher, 1, List.of(event))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log().commit(new Commit(shard, publisher, 1, tooManyBytes(key))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log().version(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> log().changes(log().shards(), ShardVersion.NONE))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    /** The next commit of this test's publisher. */
    private Commit commit(StreamKey key, String... ids) {
        List<Event> events = List.of(ids).stream().map(id -> event(key, id)).toList();
        return new Commit(key.shard(log().shards()), publisher, ++commits, events);
    }

    private List<StreamKey> keysOfOneShard(int count) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> new StreamKey(org, "s" + i))
                .filter(key -> key.shard(log().shards()) == 0)
                .limit(count)
                .toList();
    }

    private static List<Event> tooManyBytes(StreamKey key) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i <= Commit.MAX_BYTES / 60_000; i++) {
            events.add(event(key, "a".repeat(1_000) + i, "x".repeat(60_000)));
        }
        return events;
    }

    static Event event(StreamKey key, String id) {
        return event(key, id, "");
    }

    private static Event event(StreamKey key, String id, String data) {
        return EventParser.parse(json(key, id, data).getBytes(StandardCharsets.UTF_8));
    }

    static String json(StreamKey key, String id) {
        return json(key, id, "");
    }

    private static String json(StreamKey key, String id, String data) {
        return "{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"source\":\"/test\",\"type\":\"test\",\"org\":\""
                + key.org() + "\",\"service\":\"" + key.service() + "\",\"data\":\"" + data + "\"}";
    }

    static <T> T await(Future<T> future) {
        try {
            return future.await(60, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no answer within a minute", e);
        }
    }
}

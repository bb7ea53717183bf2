// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static dev.sluice.stream.log.Replica.FINANCE;
import static dev.sluice.stream.log.Replica.ROOMY;
import static dev.sluice.stream.log.Replica.idsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every edge of a read. */
class ShardReadTest {

    /** Keeps 4 events of a stream. */
    private final Replica shard = new Replica(new Limits(4, 300_000, 86_400_000, 300_000, 4_096, 32 << 20, 2));

    @ParameterizedTest(name = "{0}: from {1}")
    @CsvSource({
        "below any seq,  0,  3, 'c,d,e,f'",
        "oldest - 1,     2,  3, 'c,d,e,f'",
        "oldest,         3,  3, 'c,d,e,f'",
        "oldest + 1,     4,  4, 'd,e,f'",
        "newest,         6,  6, 'f'",
        "newest + 1,     7,  7, ''",
        "beyond,         9,  7, ''",
        "the head alone, 9007199254740991, 7, ''",
    })
    void shouldReturnWhatIsHeldWhenReadFromAnEdge(String edge, long fromSeq, long firstSeq, String expected) {
        shard.commit(FINANCE, "a", "b", "c", "d", "e", "f");

        LogSlice slice = shard.read(FINANCE, fromSeq);

        assertThat(slice.oldest()).as(edge).isEqualTo(3);
        assertThat(slice.head()).isEqualTo(6);
        assertThat(slice.firstSeq()).isEqualTo(firstSeq);
        assertThat(slice.lastSeq()).isEqualTo(6);
        assertThat(idsOf(slice)).isEqualTo(expected.isEmpty() ? List.of() : List.of(expected.split(",")));
        assertThat(slice.version()).isEqualTo(new ShardVersion(7, 1));
    }

    @Test
    void shouldMakeTheStreamWhenItIsReadFirst() {
        LogSlice slice = shard.read(FINANCE, 1);

        assertThat(slice.head()).isZero();
        assertThat(slice.oldest()).isEqualTo(1);
        assertThat(slice.firstSeq()).isEqualTo(1);
        assertThat(slice.lastSeq()).isZero();
        assertThat(slice.events()).isEmpty();
        assertThat(slice.epoch()).matches("[A-Za-z0-9]{12}");
        assertThat(slice.version().number()).isZero();
    }

    @Test
    void shouldKeepTheEpochWhenTheFirstEventComesAfterTheFirstReader() {
        String epoch = shard.read(FINANCE, 1).epoch();

        CommitResult result = shard.commit(FINANCE, "a").reply().toResult();

        assertThat(result.receipts().get(0).orElseThrow().position()).isEqualTo(new Position(epoch, 1));
        assertThat(shard.read(FINANCE, 1).epoch()).isEqualTo(epoch);
    }

    @Test
    void shouldKeepTheHeadWhenEveryEventIsExpired() {
        shard.commit(FINANCE, "a", "b");
        String epoch = shard.read(FINANCE, 1).epoch();
        shard.now += 300_001;
        shard.sweep();

        LogSlice slice = shard.read(FINANCE, 1);

        assertThat(slice.epoch()).isEqualTo(epoch);
        assertThat(slice.head()).isEqualTo(2);
        assertThat(slice.oldest()).isEqualTo(3);
        assertThat(slice.firstSeq()).isEqualTo(3);
        assertThat(slice.events()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "3, 3", "4, 4", "5, 4"})
    void shouldReturnNoMoreThanAskedForWhenEventsAreLimited(int maxEvents, int expected) {
        shard.commit(FINANCE, "a", "b", "c", "d");

        LogSlice slice = shard.read(FINANCE, 1, maxEvents, Integer.MAX_VALUE);

        assertThat(slice.events()).hasSize(expected);
        assertThat(slice.firstSeq()).isEqualTo(1);
        assertThat(slice.head()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "10, 1", "19, 1", "20, 2", "29, 2", "30, 3", "100, 4"})
    void shouldReturnAtLeastOneAndWhatFitsWhenBytesAreLimited(int maxBytes, int expected) {
        shard.commit(1, tenBytesEach("a", "b", "c", "d"));

        assertThat(shard.read(FINANCE, 1, 10, maxBytes).events()).hasSize(expected);
    }

    @Test
    void shouldRefuseWhenTheOrgHasAllItsStreams() {
        shard.read(new StreamKey("acme", "one"), 1);
        shard.read(new StreamKey("acme", "two"), 1);
        byte[] before = shard.bytes();

        assertThatThrownBy(() -> shard.read(new StreamKey("acme", "three"), 1))
                .isInstanceOf(StreamLimitException.class)
                .hasMessageNotContaining("acme");
        assertThat(shard.bytes()).isEqualTo(before);
        assertThat(shard.read(new StreamKey("acme", "two"), 1).head()).isZero();
        assertThat(shard.read(new StreamKey("other", "one"), 1).head()).isZero();
    }

    @Test
    void shouldRefuseWhenStreamsAloneFillHalfOfTheShard() {
        shard.limits = new Limits(4, 1, 1, 1, 1, 4 * StreamState.OVERHEAD_BYTES, 64);
        shard.read(new StreamKey("a", "one"), 1);
        shard.read(new StreamKey("b", "one"), 1);

        assertThatThrownBy(() -> shard.read(new StreamKey("c", "one"), 1)).isInstanceOf(StreamLimitException.class);
    }

    @Test
    void shouldNotChangeAnythingWhenTheStreamExists() {
        shard.limits = ROOMY;
        shard.commit(FINANCE, "a");
        byte[] before = shard.bytes();
        shard.now += 1;

        shard.read(FINANCE, 1);

        assertThat(shard.bytes()).isEqualTo(before);
    }

    private static List<CommitEntry> tenBytesEach(String... ids) {
        return List.of(ids).stream().map(id -> Replica.entry(FINANCE, id, 10)).toList();
    }
}

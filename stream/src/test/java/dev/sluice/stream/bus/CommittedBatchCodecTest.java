// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.bus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch.Run;
import dev.sluice.stream.bus.CommittedBatch.Traced;
import dev.sluice.stream.log.ShardVersion;
import dev.sluice.stream.trace.TraceContext;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommittedBatchCodecTest {

    /** Where the count of runs stands: behind the format, the shard, the version and the timestamp. */
    private static final int RUN_COUNT_AT = 1 + 4 + 16 + 8;

    private final CommittedBatchCodec codec = new CommittedBatchCodec();

    private static CommittedBatch batch(long firstSeq) {
        return new CommittedBatch(
                3,
                new ShardVersion(-5, 9),
                1_700_000_000_000L,
                List.of(
                        new Run(
                                new StreamKey("örg", "finance"),
                                "e1",
                                firstSeq,
                                List.of("{}".getBytes(UTF_8), new byte[0])),
                        new Run(new StreamKey("b", "staff"), "E2", 1, List.of("{\"a\":1}".getBytes(UTF_8)))));
    }

    private Buffer encoded(long firstSeq) {
        Buffer buffer = Buffer.buffer();
        codec.encodeToWire(buffer, batch(firstSeq));
        return buffer;
    }

    @Test
    void shouldArriveAsItWasSentWhenSomethingStandsBefore() {
        Buffer message = Buffer.buffer("head").appendBuffer(encoded(7));

        CommittedBatch copy = codec.decodeFromWire(4, message);

        assertThat(copy).usingRecursiveComparison().isEqualTo(batch(7));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 4, 100_000_000, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void shouldRefuseBeforeAllocatingWhenMoreRunsAreAnnouncedThanThereAre(int count) {
        Buffer wire = encoded(7).setInt(RUN_COUNT_AT, count);

        assertThatThrownBy(() -> codec.decodeFromWire(0, wire))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not there");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1_000, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void shouldRefuseBeforeAllocatingWhenATextIsAnnouncedThatIsNotThere(int length) {
        Buffer wire = encoded(7).setInt(RUN_COUNT_AT + 4, length);

        assertThatThrownBy(() -> codec.decodeFromWire(0, wire))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not there");
    }

    @Test
    void shouldRefuseWhenItEndsAnywhere() {
        Buffer wire = encoded(7);
        for (int length = 0; length < wire.length(); length++) {
            Buffer cut = wire.getBuffer(0, length);

            assertThatThrownBy(() -> codec.decodeFromWire(0, cut)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Position.MAX_SEQ, -1, Long.MAX_VALUE})
    void shouldRefuseWhenThereAreNoSuchPositions(long firstSeq) {
        Buffer wire = encoded(firstSeq);

        assertThatThrownBy(() -> codec.decodeFromWire(0, wire)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseWhenAnOrgIsNotUtf8() {
        Buffer wire = encoded(7).setByte(RUN_COUNT_AT + 8, (byte) 0xff);

        assertThatThrownBy(() -> codec.decodeFromWire(0, wire))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("UTF-8");
    }

    private static CommittedBatch traced() {
        CommittedBatch plain = batch(7);
        Run first = plain.runs().get(0);
        Run second = plain.runs().get(1);
        return new CommittedBatch(
                plain.shard(),
                plain.version(),
                plain.timestamp(),
                List.of(
                        new Run(
                                first.key(),
                                first.epoch(),
                                first.firstSeq(),
                                first.events(),
                                List.of(new Traced(1, 2, new TraceContext(1, -2, 3, (byte) 1)))),
                        new Run(
                                second.key(),
                                second.epoch(),
                                second.firstSeq(),
                                second.events(),
                                List.of(new Traced(0, 1, new TraceContext(-4, 5, -6, (byte) 3))))));
    }

    @Test
    void shouldCarryTracesBehindAllThatAReleaseWithoutThemReads() {
        Buffer wire = Buffer.buffer();
        codec.encodeToWire(wire, traced());

        assertThat(codec.decodeFromWire(0, wire)).usingRecursiveComparison().isEqualTo(traced());
        assertThat(wire.getBuffer(0, encoded(7).length())).isEqualTo(encoded(7));
    }

    @ParameterizedTest
    @CsvSource({"0, -1", "0, 1000000", "4, 2", "4, -1", "8, 2", "8, -1", "12, 0", "12, 3"})
    void shouldRefuseTracesOfWhatIsNotThere(int at, int value) {
        Buffer wire = Buffer.buffer();
        codec.encodeToWire(wire, traced());
        wire.setInt(encoded(7).length() + at, value);

        assertThatThrownBy(() -> codec.decodeFromWire(0, wire)).isInstanceOf(IllegalArgumentException.class);
    }
}

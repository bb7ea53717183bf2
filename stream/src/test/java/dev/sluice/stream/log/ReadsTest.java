// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.stream.Position;
import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that are wrong end in an exception, never in an allocation of what they announce. */
class ReadsTest {

    private static DataInput of(int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(words.length * Integer.BYTES);
        for (int word : words) {
            bytes.putInt(word);
        }
        return new DataInputStream(new ByteArrayInputStream(bytes.array()));
    }

    private static DataInput ofLong(long word) {
        return of((int) (word >>> Integer.SIZE), (int) word);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 65_537, Integer.MAX_VALUE})
    void shouldRefuseWhenAnEventCannotBeThatLong(int length) {
        assertThatThrownBy(() -> Reads.json(of(length, 0)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(Integer.toString(length));
    }

    @Test
    void shouldEndWhenAnEventIsNotThere() throws IOException {
        assertThat(Reads.json(of(4, 7))).containsExactly(0, 0, 0, 7);
        assertThatThrownBy(() -> Reads.json(of(65_536, 0))).isInstanceOf(EOFException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE, 500_000_000})
    void shouldEndWhenAShardAnnouncesWhatIsNotThere(int count) {
        assertThatThrownBy(() -> ShardState.readFrom(of(0, 1, 0, 1, 0, 1, count)))
                .isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> IdWindow.readFrom(of(count))).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> VersionFormat.readChanges(of(0, 1, 0, 1, count)))
                .isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> ShardDelta.readFrom(of(0, 1, 0, 1, 0, 1, 0, count)))
                .isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> CommitRequest.readFrom(of(0, 1, 0, 1, 0, 1, count)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(Integer.toString(count));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Position.MAX_SEQ + 1, Long.MIN_VALUE, Long.MAX_VALUE})
    void shouldRefuseWhenThereIsNoSuchSeq(long seq) {
        assertThatThrownBy(() -> Reads.seq(ofLong(seq))).isInstanceOf(IOException.class);
    }

    @Test
    void shouldReadTheBoundsOfSeqs() throws IOException {
        assertThat(Reads.seq(ofLong(0L))).isZero();
        assertThat(Reads.seq(ofLong(Position.MAX_SEQ))).isEqualTo(Position.MAX_SEQ);
        assertThat(Reads.firstSeq(ofLong(Position.MAX_SEQ + 1))).isEqualTo(Position.MAX_SEQ + 1);
        assertThatThrownBy(() -> Reads.firstSeq(ofLong(0L))).isInstanceOf(IOException.class);
    }
}

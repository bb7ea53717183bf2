// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageInflaterTest {

    private static final byte[] NOTHING = {};
    private static final int LIMIT = 64 << 10;

    private final MessageInflater inflater = new MessageInflater(LIMIT);

    /** The examples of RFC 7692 section 7.2.3. */
    @ParameterizedTest
    @CsvSource({
        "f248cdc9c90700, Hello, one block",
        "000500faff48656c6c6f00, Hello, a block that is stored",
        "f348cdc9c9070000, Hello, a last block",
        "f248050000 00ffffcac9c90700, Hello, two blocks",
        "00, '', nothing"
    })
    void shouldInflateTheExamplesOfTheRfc(String hex, String text, String name) throws Exception {
        byte[] payload = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThat(inflater.inflate(payload, NOTHING)).as(name).asString().isEqualTo(text);
    }

    @Test
    void shouldReferBackWhenTheWindowIsHandedIn() throws Exception {
        byte[] hello = "Hello".getBytes(StandardCharsets.UTF_8);
        assertThat(inflater.inflate(HexFormat.of().parseHex("f200110000"), hello))
                .asString()
                .isEqualTo("Hello");
        assertThatThrownBy(() -> inflater.inflate(HexFormat.of().parseHex("f200110000"), NOTHING))
                .isInstanceOf(DataFormatException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ffffff", "07", "f248cdc9", "000500000048656c6c6f00"})
    void shouldRefuseWhatIsNotDeflatedOrNotFlushed(String hex) {
        assertThatThrownBy(() -> inflater.inflate(HexFormat.of().parseHex(hex), NOTHING))
                .isInstanceOf(DataFormatException.class);
    }

    @Test
    void shouldTakeTheLimitButNotOneByteMore() throws Exception {
        assertThat(inflater.inflate(deflate(new byte[LIMIT]), NOTHING)).hasSize(LIMIT);
        byte[] more = deflate(new byte[LIMIT + 1]);
        assertThatThrownBy(() -> inflater.inflate(more, NOTHING)).isInstanceOf(MessageInflater.TooLargeException.class);
    }

    @Test
    void shouldNotAllocateWhatABombWouldInflateToWhenItIsRefused() {
        byte[] bomb = deflate(new byte[64 << 20]);
        assertThat(bomb).hasSizeBetween(60 << 10, 70 << 10);
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> inflater.inflate(bomb, NOTHING)).isInstanceOf(MessageInflater.TooLargeException.class);
        assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(2 << 20);
    }

    @Test
    void shouldRefuseAMessageOfThousandsOfStreams() {
        ByteArrayOutputStream streams = new ByteArrayOutputStream();
        for (int i = 0; i < 10_000; i++) {
            streams.writeBytes(new byte[] {3, 0});
        }
        assertThatThrownBy(() -> inflater.inflate(streams.toByteArray(), NOTHING))
                .isInstanceOf(DataFormatException.class);
    }

    @Test
    void shouldKeepTheLastBytesOfTheWindow() {
        byte[] earlier = new byte[MessageInflater.WINDOW];
        Arrays.fill(earlier, (byte) 1);
        byte[] last = MessageInflater.lastOf(earlier, new byte[] {2, 3, 4}, 2);
        assertThat(last).hasSize(MessageInflater.WINDOW).endsWith(1, 2, 3);
        byte[] large = new byte[MessageInflater.WINDOW + 9];
        large[large.length - 1] = 5;
        assertThat(MessageInflater.lastOf(earlier, large, large.length))
                .hasSize(MessageInflater.WINDOW)
                .startsWith(0)
                .endsWith(5);
    }

    private static byte[] deflate(byte[] message) {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(message);
        byte[] out = new byte[message.length / 500 + 64];
        int size = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
        deflater.end();
        return Arrays.copyOf(out, size - 4);
    }
}

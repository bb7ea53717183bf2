// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import static dev.sluice.gateway.RawWebSocket.BINARY;
import static dev.sluice.gateway.RawWebSocket.CLOSE;
import static dev.sluice.gateway.RawWebSocket.FIN;
import static dev.sluice.gateway.RawWebSocket.PING;
import static dev.sluice.gateway.RawWebSocket.PONG;
import static dev.sluice.gateway.RawWebSocket.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.session.SessionOptions;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 6455 sections 4 to 8 against a real gateway, byte by byte. Each row of a table is one connection.
 *
 * <table>
 * <caption>What is held</caption>
 * <tr><th>section</th><th>case</th><th>the gateway</th></tr>
 * <tr><td>5.4</td><td>fragments: two, one a byte, empty first/middle/last, control frames between</td><td>reads the message</td></tr>
 * <tr><td>5.4</td><td>new message inside a fragmented one; continuation of nothing</td><td>4500</td></tr>
 * <tr><td>5.5</td><td>ping of 0 to 125 bytes</td><td>pong with the same bytes</td></tr>
 * <tr><td>5.5</td><td>control frame over 125 bytes or fragmented</td><td>4500</td></tr>
 * <tr><td>5.2</td><td>reserved opcodes, reserved bits, no mask, length not minimal or negative</td><td>4500</td></tr>
 * <tr><td>5.2</td><td>length over the limit</td><td>4503, before the payload comes</td></tr>
 * <tr><td>8.1</td><td>text that is no UTF-8, in one frame, over fragments, in a close reason</td><td>4500</td></tr>
 * <tr><td>5.5.1, 7.4</td><td>close with a valid code or none</td><td>the same code, none is 1000; then ends TCP</td></tr>
 * <tr><td>5.5.1, 7.4</td><td>close with a code that must not be sent, or a body of one byte</td><td>4500</td></tr>
 * <tr><td>7.1.1</td><td>close of the server that is never answered</td><td>ends TCP after the close timeout</td></tr>
 * </table>
 *
 * <p>Where the RFC would say 1002 or 1007, PROTOCOL section 4 says 4500, and 4503 for 1009: a browser's client must know not to come
 * back. Before each of these comes an {@code error} that says why.
 */
@Timeout(60)
class WebSocketConformanceIT {

    private static final String MESSAGE = "{\"type\":\"ping\",\"t\":\"häß\uD83D\uDE00\"}";
    private static final byte[] BYTES = MESSAGE.getBytes(StandardCharsets.UTF_8);
    private static final byte[] NOTHING = {};

    private static GatewayFixture gateway;

    @BeforeAll
    static void start() {
        gateway = new GatewayFixture(SessionOptions.defaults());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    /** What a client does, and how it is called in the report. */
    record Case(String name, Consumer<RawWebSocket> client) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case row(String name, Consumer<RawWebSocket> client) {
        return new Case(name, client);
    }

    static Stream<Case> messages() {
        return Stream.of(
                row("one frame", ws -> ws.frame(FIN | TEXT, BYTES)),
                row("two fragments", ws -> fragments(ws, BYTES.length / 2)),
                row("a fragment for each byte, cutting every character", ws -> fragments(ws, 1)),
                row("an empty first fragment", ws -> ws.frame(TEXT, NOTHING).frame(FIN, BYTES)),
                row("nothing but the last fragment has bytes", ws -> ws.frame(TEXT, NOTHING)
                        .frame(0, NOTHING)
                        .frame(0, NOTHING)
                        .frame(FIN, BYTES)),
                row(
                        "an empty fragment in the middle",
                        ws -> ws.frame(TEXT, part(0, 9)).frame(0, NOTHING).frame(FIN, part(9, BYTES.length))),
                row("an empty last fragment", ws -> ws.frame(TEXT, BYTES).frame(FIN, NOTHING)),
                row("ping and pong between fragments", ws -> ws.frame(TEXT, part(0, 9))
                        .frame(FIN | PING, "between")
                        .frame(FIN | PONG, "unasked")
                        .frame(FIN, part(9, BYTES.length))),
                row("one byte a segment", ws -> {
                    for (byte b : RawWebSocket.masked(FIN | TEXT, BYTES)) {
                        ws.raw(b);
                    }
                }),
                row("a pong nobody asked for before it", ws -> ws.frame(FIN | PONG, "unasked")
                        .frame(FIN | TEXT, BYTES)),
                row("length of 16 bits", ws -> ws.text(MESSAGE + " ".repeat(126 - BYTES.length))),
                row("the longest length of 16 bits", ws -> ws.text(MESSAGE + " ".repeat(0xFFFF - BYTES.length))),
                row("length of 64 bits, the limit itself", ws -> ws.text(MESSAGE + " ".repeat(0x10000 - BYTES.length))),
                row("a mask of zeros", ws -> {
                    ws.raw((byte) (FIN | TEXT), (byte) (0x80 | BYTES.length), (byte) 0, (byte) 0, (byte) 0, (byte) 0);
                    ws.raw(BYTES);
                }),
                row(
                        "noncharacters, which are valid UTF-8",
                        ws -> ws.text(MESSAGE.replace("}", ",\"x\":\"\uFFFE\uFFFF\"}"))));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void shouldReadTheMessageWhenFramedAsTheRfcAllows(Case row) {
        try (RawWebSocket ws = RawWebSocket.open(gateway.port())) {
            row.client().accept(ws);
            assertThat(ws.awaitJson("pong").getString("t")).isEqualTo("häß\uD83D\uDE00");
        }
    }

    static Stream<Case> violations() {
        byte[] surrogate = {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'};
        byte[] overlong = {'"', (byte) 0xC0, (byte) 0xAF, '"'};
        byte[] beyond = {'"', (byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80, '"'};
        byte[] truncated = {'"', (byte) 0xE2, (byte) 0x82};
        Stream<Case> framing = Stream.of(
                row("text inside a fragmented message", ws -> ws.frame(TEXT, "{")
                        .frame(FIN | TEXT, BYTES)),
                row("binary inside a fragmented message", ws -> ws.frame(TEXT, "{")
                        .frame(FIN | BINARY, BYTES)),
                row("a continuation of nothing", ws -> ws.frame(FIN, BYTES)),
                row(
                        "a continuation after the last fragment",
                        ws -> ws.frame(TEXT, "[").frame(FIN, "]").frame(0, BYTES)),
                row("a binary message", ws -> ws.frame(FIN | BINARY, BYTES)),
                row("a binary message in fragments", ws -> ws.frame(BINARY, BYTES)
                        .frame(FIN, BYTES)),
                row("a ping of 126 bytes", ws -> ws.frame(FIN | PING, new byte[126])),
                row("a pong of 126 bytes", ws -> ws.frame(FIN | PONG, new byte[126])),
                row("a close of 126 bytes", ws -> ws.close(1000, "x".repeat(124))),
                row("a fragmented ping", ws -> ws.frame(PING, "x").frame(FIN, "y")),
                row("a fragmented close", ws -> ws.frame(CLOSE, RawWebSocket.closeBody(1000, NOTHING))),
                row("a frame without a mask", ws -> ws.raw((byte) (FIN | TEXT), (byte) 2, (byte) '{', (byte) '}')),
                row("a close without a mask", ws -> ws.raw((byte) (FIN | CLOSE), (byte) 0)),
                row("16 bits for a length of 125", ws -> ws.raw(head(0xFE, 125, 2))),
                row("64 bits for a length of 65535", ws -> ws.raw(head(0xFF, 0xFFFF, 8))),
                row("a length with the top bit set", ws -> ws.raw(head(0xFF, Long.MIN_VALUE + 5, 8))),
                row("no UTF-8", ws -> ws.frame(FIN | TEXT, new byte[] {'"', (byte) 0xC3, 0x28, '"'})),
                row("no UTF-8 over two fragments", ws -> ws.frame(TEXT, new byte[] {'"', (byte) 0xC3})
                        .frame(FIN, new byte[] {0x28, '"'})),
                row("a surrogate in UTF-8", ws -> ws.frame(FIN | TEXT, surrogate)),
                row("an overlong form", ws -> ws.frame(FIN | TEXT, overlong)),
                row("beyond U+10FFFF", ws -> ws.frame(FIN | TEXT, beyond)),
                row("a message that ends inside a character", ws -> ws.frame(FIN | TEXT, truncated)),
                row(
                        "a close reason that is no UTF-8",
                        ws -> ws.frame(FIN | CLOSE, RawWebSocket.closeBody(1000, new byte[] {(byte) 0xC3, 0x28}))),
                row("a close of one byte", ws -> ws.frame(FIN | CLOSE, new byte[] {3})),
                row("no JSON", ws -> ws.text("hello")),
                row("an empty message", ws -> ws.text("")));
        Stream<Case> opcodes = IntStream.of(3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
                .mapToObj(opcode -> row("reserved opcode " + opcode, ws -> ws.frame(FIN | opcode, "x")));
        Stream<Case> bits = IntStream.of(0x40, 0x20, 0x10).boxed().flatMap(bit -> Stream.of(TEXT, PING, PONG, CLOSE)
                .map(opcode -> row(
                        "reserved bit 0x" + Integer.toHexString(bit) + " on opcode " + opcode,
                        ws -> ws.frame(FIN | bit | opcode, NOTHING))));
        Stream<Case> codes = IntStream.of(0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 0x8000, 0xFFFF)
                .mapToObj(code -> row("close code " + code, ws -> ws.close(code, "")));
        return Stream.of(framing, opcodes, bits, codes).flatMap(rows -> rows);
    }

    @ParameterizedTest
    @MethodSource("violations")
    void shouldSayWhyAndCloseWith4500WhenTheFramingIsViolated(Case row) {
        try (RawWebSocket ws = RawWebSocket.open(gateway.port())) {
            row.client().accept(ws);
            assertThat(ws.awaitJson("error").getBoolean("fatal")).isTrue();
            assertThat(ws.await(CLOSE).closeCode()).isEqualTo(4500);
        }
    }

    static Stream<Case> tooLarge() {
        return Stream.of(
                row("one byte over", ws -> ws.text(MESSAGE + " ".repeat(0x10001 - BYTES.length))),
                row("fragments that add up", ws -> ws.frame(TEXT, new byte[0x10000])
                        .frame(0, new byte[1])),
                row("announced: 131 073 bytes", ws -> ws.raw(head(0xFF, 131_073, 8))),
                row("announced: a terabyte", ws -> ws.raw(head(0xFF, 1L << 40, 8))),
                row("announced: all that 63 bits can say", ws -> ws.raw(head(0xFF, Long.MAX_VALUE, 8))));
    }

    @ParameterizedTest
    @MethodSource("tooLarge")
    void shouldCloseWith4503WhenAMessageIsOverTheLimitOrAnnouncedSo(Case row) {
        try (RawWebSocket ws = RawWebSocket.open(gateway.port())) {
            row.client().accept(ws);
            assertThat(ws.awaitJson("error").getString("code")).isEqualTo("message_too_large");
            assertThat(ws.await(CLOSE).closeCode()).isEqualTo(4503);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 64, 125})
    void shouldAnswerAPingWithItsOwnBytesWhenItHasSoMany(int size) {
        byte[] payload = new byte[size];
        Arrays.fill(payload, (byte) 0xFE);
        try (RawWebSocket ws = RawWebSocket.open(gateway.port())) {
            ws.frame(FIN | PING, payload);
            assertThat(ws.await(PONG).payload()).isEqualTo(payload);
        }
    }

    @Test
    void shouldAnswerThePingBeforeTheMessageWhenItCameBetweenItsFragments() {
        try (RawWebSocket ws = RawWebSocket.open(gateway.port())) {
            ws.frame(TEXT, part(0, 9)).frame(FIN | PING, "between");
            assertThat(ws.read().text()).isEqualTo("between");
            ws.frame(FIN, part(9, BYTES.length));
            assertThat(ws.awaitJson("pong").getString("t")).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999})
    void shouldAnswerWithTheSameCodeAndEndTheConnectionWhenTheClientCloses(int code) {
        try (RawWebSocket ws = RawWebSocket.open(gateway.port())) {
            ws.close(code, "gü");
            assertThat(ws.await(CLOSE).closeCode()).isEqualTo(code);
            assertThat(ws.read()).isNull();
        }
    }

    @Test
    void shouldAnswerWith1000WhenTheClientClosesWithoutACode() {
        try (RawWebSocket ws = RawWebSocket.open(gateway.port())) {
            ws.frame(FIN | CLOSE, NOTHING);
            assertThat(ws.await(CLOSE).closeCode()).isEqualTo(1000);
            assertThat(ws.read()).isNull();
        }
    }

    @Test
    void shouldTakeALongestReasonWhenTheClientCloses() {
        try (RawWebSocket ws = RawWebSocket.open(gateway.port())) {
            ws.close(1000, "x".repeat(123));
            assertThat(ws.await(CLOSE).closeCode()).isEqualTo(1000);
        }
    }

    @Test
    void shouldHearNothingWhenItComesAfterTheClose() {
        try (RawWebSocket ws = RawWebSocket.open(gateway.port())) {
            byte[] close = RawWebSocket.masked(FIN | CLOSE, RawWebSocket.closeBody(1000, NOTHING));
            byte[] ping = RawWebSocket.masked(FIN | PING, NOTHING);
            byte[] all = Arrays.copyOf(close, close.length + ping.length);
            System.arraycopy(ping, 0, all, close.length, ping.length);
            ws.raw(all);
            assertThat(ws.read().closeCode()).isEqualTo(1000);
            assertThat(ws.read()).isNull();
        }
    }

    @Test
    void shouldEndTheConnectionWhenAFragmentedMessageIsLeftByAClose() {
        try (RawWebSocket ws = RawWebSocket.open(gateway.port())) {
            ws.frame(TEXT, part(0, 9)).close(1001, "");
            assertThat(ws.read().closeCode()).isEqualTo(1001);
            assertThat(ws.read()).isNull();
        }
    }

    @Test
    void shouldEndTheConnectionWhenTheServersCloseIsAnswered() {
        try (RawWebSocket ws = RawWebSocket.open(gateway.port())) {
            ws.text("no JSON");
            assertThat(ws.await(CLOSE).closeCode()).isEqualTo(4500);
            long answered = System.nanoTime();
            ws.close(4500, "");
            assertThat(ws.read()).isNull();
            // Well before it would have been cut.
            assertThat(System.nanoTime() - answered).isLessThan(4_000_000_000L);
        }
    }

    @Test
    void shouldEndTheConnectionAfterTheTimeoutWhenTheServersCloseIsNeverAnswered() {
        try (RawWebSocket ws = RawWebSocket.open(gateway.port())) {
            ws.text("no JSON");
            assertThat(ws.await(CLOSE).closeCode()).isEqualTo(4500);
            // Talks on, and is not heard.
            ws.text(MESSAGE);
            assertThat(ws.read()).isNull();
        }
    }

    private static byte[] part(int from, int to) {
        return Arrays.copyOfRange(BYTES, from, to);
    }

    private static void fragments(RawWebSocket ws, int size) {
        for (int at = 0; at < BYTES.length; at += size) {
            int end = Math.min(at + size, BYTES.length);
            ws.frame((at == 0 ? TEXT : 0) | (end == BYTES.length ? FIN : 0), part(at, end));
        }
    }

    /** The head of a masked text frame with a length of so many bytes, and nothing after it but the mask. */
    private static byte[] head(int second, long length, int width) {
        byte[] head = new byte[2 + width + 4];
        head[0] = (byte) (FIN | TEXT);
        head[1] = (byte) second;
        for (int i = 0; i < width; i++) {
            head[2 + i] = (byte) (length >>> (8 * (width - 1 - i)));
        }
        return head;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.stream.Cursor;
import dev.sluice.stream.Position;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientMessagesTest {

    @Test
    void shouldReadAHandshakeWithEverythingInIt() throws ClientMessageException {
        ClientMessage message = ClientMessages.parse(
                """
                {"type":"handshake","token":"t","services":["finance","staff","documents","mail"],
                 "cursors":{"finance":{"epoch":"e1","seq":12},"staff":"earliest","documents":"latest"},
                 "lastSeq":7,"client":{"name":"x","version":"1"},"new":[{"in":"a later release"}]}""");
        assertThat(message)
                .isEqualTo(new ClientMessage.Handshake(
                        Optional.of("t"),
                        List.of("finance", "staff", "documents", "mail"),
                        Map.of(
                                "finance",
                                Cursor.at("e1", 12),
                                "staff",
                                Cursor.EARLIEST,
                                "documents",
                                Cursor.LATEST,
                                "mail",
                                new Cursor.InCurrentEpoch(7))));
    }

    @Test
    void shouldReadAHandshakeWithNothingInIt() throws ClientMessageException {
        assertThat(ClientMessages.parse("{\"type\":\"handshake\"}"))
                .isEqualTo(new ClientMessage.Handshake(Optional.empty(), List.of(), Map.of()));
    }

    @Test
    void shouldReadTheOtherMessages() throws ClientMessageException {
        assertThat(ClientMessages.parse("{\"type\":\"subscribe\",\"services\":[\"a\",\"b\",\"a\"]}"))
                .isEqualTo(new ClientMessage.Subscribe(List.of("a", "b"), Map.of()));
        assertThat(ClientMessages.parse("{\"type\":\"unsubscribe\",\"services\":[\"a\"]}"))
                .isEqualTo(new ClientMessage.Unsubscribe(List.of("a")));
        assertThat(ClientMessages.parse("{\"type\":\"refresh\",\"token\":\"t\"}"))
                .isEqualTo(new ClientMessage.Refresh("t"));
        assertThat(ClientMessages.parse("{\"type\":\"position\",\"cursors\":{\"a\":{\"epoch\":\"e\",\"seq\":0}}}"))
                .isEqualTo(new ClientMessage.Processed(Map.of("a", Cursor.at("e", 0))));
        assertThat(ClientMessages.parse("{\"type\":\"ping\"}")).isEqualTo(new ClientMessage.Ping(null));
        assertThat(ClientMessages.parse("{\"type\":\"ping\",\"t\":1.5}")).isEqualTo(new ClientMessage.Ping(1.5));
        assertThat(ClientMessages.parse("{\"type\":\"ping\",\"t\":\"x\"}")).isEqualTo(new ClientMessage.Ping("x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nonsense",
                "{",
                "{\"type\":\"ping\"",
                "{\"type\":\"ping\"}}",
                "{\"type\":\"ping\"} {}",
                "[]",
                "[{\"type\":\"ping\"}]",
                "null",
                "true",
                "1",
                "\"ping\"",
                "{'type':'ping'}",
                "{\"type\":\"ping\",}"
            })
    void shouldBeMalformedWhenItIsNotOneJsonObject(String text) {
        assertThat(refusal(text).isMalformed()).isTrue();
    }

    @Test
    void shouldBeMalformedWhenNestedWithoutEnd() {
        assertThat(refusal("{\"type\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}")
                        .isMalformed())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | every message needs a 'type'",
                "{\"type\":1} | every message needs a 'type'",
                "{\"type\":null} | every message needs a 'type'",
                "{\"type\":\"publish\"} | there is no message type 'publish'",
                "{\"type\":\"Handshake\"} | there is no message type 'Handshake'",
                "{\"type\":\"handshake\",\"token\":1} | 'token' must be a string",
                "{\"type\":\"handshake\",\"token\":\"\"} | 'token' must be a string",
                "{\"type\":\"handshake\",\"services\":\"finance\"} | 'services' must be an array",
                "{\"type\":\"handshake\",\"services\":[\"Finance\"]} | a service must match",
                "{\"type\":\"handshake\",\"services\":[1]} | a service must match",
                "{\"type\":\"handshake\",\"services\":[null]} | a service must match",
                "{\"type\":\"handshake\",\"cursors\":[]} | 'cursors' must be an object",
                "{\"type\":\"handshake\",\"cursors\":{\"a\":\"newest\"}} | a cursor must be",
                "{\"type\":\"handshake\",\"cursors\":{\"a\":12}} | a cursor must be",
                "{\"type\":\"handshake\",\"cursors\":{\"a\":null}} | a cursor must be",
                "{\"type\":\"handshake\",\"cursors\":{\"a\":{\"seq\":1}}} | a cursor must be",
                "{\"type\":\"handshake\",\"cursors\":{\"a\":{\"epoch\":\"e-1\",\"seq\":1}}} | a cursor must be",
                "{\"type\":\"handshake\",\"cursors\":{\"a\":{\"epoch\":\"e\"}}} | 'seq' must be a whole number",
                "{\"type\":\"handshake\",\"cursors\":{\"a\":{\"epoch\":\"e\",\"seq\":-1}}} | 'seq' must be a whole number",
                "{\"type\":\"handshake\",\"cursors\":{\"a\":{\"epoch\":\"e\",\"seq\":1.5}}} | 'seq' must be a whole number",
                "{\"type\":\"handshake\",\"cursors\":{\"a\":{\"epoch\":\"e\",\"seq\":\"1\"}}} | 'seq' must be a whole number",
                "{\"type\":\"handshake\",\"cursors\":{\"a\":{\"epoch\":\"e\",\"seq\":1e999}}} | 'seq' must be a whole number",
                "{\"type\":\"handshake\",\"lastSeq\":9007199254740992} | 'lastSeq' must be a whole number",
                "{\"type\":\"handshake\",\"lastSeq\":99999999999999999999999} | 'lastSeq' must be a whole number",
                "{\"type\":\"handshake\",\"lastSeq\":-1} | 'lastSeq' must be a whole number",
                "{\"type\":\"handshake\",\"lastSeq\":\"1\"} | 'lastSeq' must be a whole number",
                "{\"type\":\"subscribe\"} | 'services' must be an array",
                "{\"type\":\"unsubscribe\"} | 'services' must be an array",
                "{\"type\":\"refresh\"} | 'refresh' needs a 'token'",
                "{\"type\":\"ping\",\"t\":{}} | 't' must be a number or a string",
                "{\"type\":\"ping\",\"t\":true} | 't' must be a number or a string"
            })
    void shouldSayWhatIsWrongWhenItIsJsonButNotOurs(String text, String expected) {
        ClientMessageException refusal = refusal(text);
        assertThat(refusal.isMalformed()).isFalse();
        assertThat(refusal).hasMessageContaining(expected);
    }

    @Test
    void shouldTakeTheLargestSeqThatJavaScriptCountsExactly() throws ClientMessageException {
        assertThat(ClientMessages.parse("{\"type\":\"handshake\",\"services\":[\"a\"],\"lastSeq\":9007199254740991}"))
                .isEqualTo(new ClientMessage.Handshake(
                        Optional.empty(), List.of("a"), Map.of("a", new Cursor.InCurrentEpoch(Position.MAX_SEQ))));
    }

    @Test
    void shouldEchoNoMoreThanItSays() throws ClientMessageException {
        assertThat(ClientMessages.parse("{\"type\":\"ping\",\"t\":\"" + "x".repeat(64) + "\"}"))
                .isEqualTo(new ClientMessage.Ping("x".repeat(64)));
        assertThat(refusal("{\"type\":\"ping\",\"t\":\"" + "x".repeat(65) + "\"}"))
                .hasMessageContaining("at most 64 characters");
        assertThat(refusal("{\"type\":\"" + "y".repeat(1_000) + "\"}").getMessage())
                .hasSizeLessThan(100);
    }

    private static ClientMessageException refusal(String text) {
        return catchThrowableOfType(ClientMessageException.class, () -> ClientMessages.parse(text));
    }

    @Test
    void shouldQuoteWholeCharactersWhenATypeIsLong() {
        String type = "x".repeat(39) + "\uD83D\uDE00";

        ClientMessageException refusal = catchThrowableOfType(
                ClientMessageException.class, () -> ClientMessages.parse("{\"type\":\"" + type + "\"}"));

        assertThat(refusal).hasMessageContaining("'" + "x".repeat(39) + "…'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999", "-1e999"})
    void shouldRefuseWhenAnEchoCouldNotBeTheSame(String t) {
        ClientMessageException refusal = catchThrowableOfType(
                ClientMessageException.class, () -> ClientMessages.parse("{\"type\":\"ping\",\"t\":" + t + "}"));

        assertThat(refusal.isMalformed()).isFalse();
    }
}

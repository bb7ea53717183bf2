// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.interfaces.FrameContract;
import dev.sluice.gateway.interfaces.InterfaceDocument;
import dev.sluice.gateway.replay.Resume;
import dev.sluice.gateway.transport.http.FallbackTransport;
import dev.sluice.gateway.transport.websocket.WebSocketTransport;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code asyncapi.yaml} says of the WebSocket what the code does, no more and no less. */
class AsyncApiContractTest {

    private final InterfaceDocument document = InterfaceDocument.asyncApi();

    /** An example of each message from a client; its type is known from it. */
    private static final Map<String, String> MESSAGES = Map.of(
            "handshake",
                    "{\"type\":\"handshake\",\"token\":\"t\",\"services\":[\"finance\"],\"cursors\":{\"finance\":\"earliest\"},\"lastSeq\":7}",
            "subscribe",
                    "{\"type\":\"subscribe\",\"services\":[\"staff\"],\"cursors\":{\"staff\":{\"epoch\":\"e1\",\"seq\":4}}}",
            "unsubscribe", "{\"type\":\"unsubscribe\",\"services\":[\"staff\"]}",
            "refresh", "{\"type\":\"refresh\",\"token\":\"t\"}",
            "position", "{\"type\":\"position\",\"cursors\":{\"staff\":\"latest\"}}",
            "ping", "{\"type\":\"ping\",\"t\":1.5}");

    @Test
    void shouldHaveEveryFrameThatTheServerSendsAndNoOther() {
        Set<String> sent = Arrays.stream(ServerFrames.class.getDeclaredMethods())
                .filter(method ->
                        method.getReturnType() == ControlFrame.class && !Modifier.isPrivate(method.getModifiers()))
                .map(Method::getName)
                .map(name -> name.toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
        sent.add("event");

        assertThat(messagesOf("receiveFrames")).isEqualTo(sent);
        sent.remove("pong"); // there is no ping
        assertThat(messagesOf("receiveServerSentEvents")).isEqualTo(sent);
    }

    @Test
    void shouldHaveEveryMessageThatTheServerReadsAndNoOther() throws Exception {
        Set<Class<?>> read = new HashSet<>();
        for (Map.Entry<String, String> message : MESSAGES.entrySet()) {
            document.check(message.getKey(), new JsonObject(message.getValue()));
            read.add(ClientMessages.parse(message.getValue()).getClass());
        }

        assertThat(messagesOf("sendMessages")).isEqualTo(new TreeSet<>(MESSAGES.keySet()));
        assertThat(read).containsExactlyInAnyOrder(ClientMessage.class.getPermittedSubclasses());
    }

    @Test
    void shouldHaveEveryCloseCodeAndNoOther() {
        List<List<Object>> sent = Arrays.stream(CloseReason.values())
                .filter(reason -> reason.code() != 1000) // of polls, and of nobody
                .map(reason -> List.<Object>of(reason.code(), reason.wire(), reason.code() < 4500))
                .toList();

        assertThat(closeCodes()).containsExactlyInAnyOrderElementsOf(sent);
    }

    @Test
    void shouldHaveEveryReasonAndNoOther() {
        List<String> closing = Arrays.stream(CloseReason.values())
                .filter(reason -> reason.code() != 1000)
                .map(CloseReason::wire)
                .toList();
        List<String> errors = Stream.concat(Arrays.stream(ErrorCode.values()).map(ErrorCode::wire), closing.stream())
                .toList();

        assertThat(values("error", "code")).doesNotHaveDuplicates().hasSameElementsAs(errors);
        assertThat(values("goaway", "reason"))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(GoAwayReason.values())
                        .map(GoAwayReason::wire)
                        .toList());
        assertThat(values("subscribed", "reason"))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Resume.Reason.values())
                        .map(Resume.Reason::wire)
                        .toList());
    }

    @Test
    void shouldBeAtTheAddressesOfTheCode() {
        assertThat(document.at("channels", "stream").getString("address")).isEqualTo(WebSocketTransport.PATH);
        assertThat(document.at("channels", "sse").getString("address")).isEqualTo(FallbackTransport.SSE_PATH);
    }

    @Test
    void shouldRefuseFramesThatAreNotThose() {
        JsonObject pong = new JsonObject().put("type", "pong").put("t", 5);
        FrameContract.check(pong);

        assertThatThrownBy(() -> FrameContract.check(pong.copy().put("more", 1)))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> FrameContract.check(pong.copy().put("type", "ping")))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> FrameContract.check(new JsonObject().put("type", "gap")))
                .isInstanceOf(AssertionError.class);
    }

    private Set<String> messagesOf(String operation) {
        Set<String> names = new TreeSet<>();
        for (Object message : document.at("operations", operation).getJsonArray("messages")) {
            String reference = ((JsonObject) message).getString("$ref");
            names.add(reference.substring(reference.lastIndexOf('/') + 1));
        }
        return names;
    }

    private List<List<Object>> closeCodes() {
        List<List<Object>> codes = new ArrayList<>();
        for (Object entry : document.at().getJsonArray("x-close-codes")) {
            JsonObject code = (JsonObject) entry;
            codes.add(List.of(code.getInteger("code"), code.getString("name"), code.getBoolean("reconnect")));
        }
        return codes;
    }

    private List<String> values(String schema, String property) {
        JsonArray values = document.at("components", "schemas", schema, "properties", property)
                .getJsonArray("enum");
        return values.stream().map(String.class::cast).toList();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.fuzz.Accepted;
import dev.sluice.stream.fuzz.Cost;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** A text message of a client, and the frames that answer it. */
class ClientMessagesFuzzTest {

    @FuzzTest
    void message(byte[] utf8) {
        // A text frame that is no UTF-8 never gets here.
        String text = new String(utf8, UTF_8);
        Parsed parsed = Cost.bounded(utf8.length, () -> Parsed.of(text));
        if (parsed.refusal() != null) {
            checkRefusal(text, parsed.refusal());
            return;
        }
        ClientMessage message = parsed.message();
        if (message instanceof ClientMessage.Ping ping) {
            JsonObject pong = json(ServerFrames.pong(ping.t()).json());
            assertThat(pong.getValue("t")).isEqualTo(ping.t());
        } else if (message instanceof ClientMessage.Handshake handshake) {
            checkServices(handshake.services());
        } else if (message instanceof ClientMessage.Subscribe subscribe) {
            checkServices(subscribe.services());
        } else if (message instanceof ClientMessage.Unsubscribe unsubscribe) {
            checkServices(unsubscribe.services());
        }
    }

    private static void checkRefusal(String text, ClientMessageException refusal) {
        Accepted.reason(refusal.getMessage());
        JsonObject error = json(ServerFrames.error("not_understood", refusal.getMessage(), false, new JsonObject())
                .json());
        assertThat(error.getString("message")).isEqualTo(refusal.getMessage());
        if (!refusal.isMalformed()
                && new JsonObject(text).getValue("token") instanceof String token
                && token.length() > 60) {
            assertThat(refusal.getMessage()).doesNotContain(token);
        }
    }

    private static void checkServices(List<String> services) {
        assertThat(services).allMatch(StreamKey::isService).doesNotHaveDuplicates();
    }

    private static JsonObject json(byte[] frame) {
        return new JsonObject(Accepted.utf8(frame));
    }

    private record Parsed(ClientMessage message, ClientMessageException refusal) {
        static Parsed of(String text) {
            try {
                return new Parsed(ClientMessages.parse(text), null);
            } catch (ClientMessageException e) {
                return new Parsed(null, e);
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static dev.sluice.gateway.simulation.Simulation.FINANCE;
import static dev.sluice.gateway.simulation.TestClient.TOKEN;
import static dev.sluice.gateway.simulation.TestClient.connect;
import static dev.sluice.gateway.simulation.TestClient.connectWithToken;
import static dev.sluice.gateway.simulation.TestClient.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.FakeVerifier;
import dev.sluice.gateway.simulation.SessionLimits;
import dev.sluice.gateway.simulation.SimulatedNode;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.gateway.simulation.TestClient;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.auth.TokenException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From the connection to the welcome, and every way not to get there. */
class SessionHandshakeTest {

    private final Simulation simulation = Simulation.with()
            .session(new SessionLimits().connections(2, 5, 100).options())
            .create();

    @Test
    void shouldWelcomeAndSubscribeWhenTheTokenIsGood() {
        TestClient client = connect(simulation).handshake("finance", "staff");
        assertThat(client.output().types()).containsExactly("welcome", "subscribed", "subscribed");
        long now = simulation.time().millis();
        assertThat(client.output().only("welcome"))
                .isEqualTo(new JsonObject()
                        .put("type", "welcome")
                        .put("session", client.session().id())
                        .put("node", "node-1")
                        .put("protocol", 2)
                        .put("org", "acme")
                        .put("user", "ann")
                        .put("services", new JsonArray().add("*"))
                        .put("heartbeatMs", 25_000)
                        .put("serverTime", now)
                        .put("tokenExpiresAt", now + Duration.ofHours(1).toMillis())
                        .put("flags", SimulatedNode.FLAGS));
        assertThat(client.output().frames("subscribed"))
                .containsExactly(
                        new JsonObject()
                                .put("type", "subscribed")
                                .put("service", "finance")
                                .put("epoch", simulation.log().peek(FINANCE, 1).epoch())
                                .put("seq", 0),
                        new JsonObject()
                                .put("type", "subscribed")
                                .put("service", "staff")
                                .put(
                                        "epoch",
                                        simulation
                                                .log()
                                                .peek(Simulation.STAFF, 1)
                                                .epoch())
                                .put("seq", 0));
    }

    @Test
    void shouldNameTheServicesWhenTheTokenIsLimited() {
        accept("few", FakeVerifier.limitedTo(reader("acme", null), "staff", "finance"));
        TestClient client = connect(simulation).handshakeWith("few", "finance");
        JsonObject welcome = client.output().only("welcome");
        assertThat(welcome.getJsonArray("services")).isEqualTo(new JsonArray("[\"finance\",\"staff\"]"));
        assertThat(welcome.getValue("user")).isNull();
    }

    @Test
    void shouldWelcomeWithoutSubscriptionsWhenNoneAreWanted() {
        assertThat(connect(simulation).handshake().output().types()).containsExactly("welcome");
    }

    @Test
    void shouldTakeTheTokenOfTheConnectionWhenTheHandshakeHasNone() {
        TestClient client = connectWithToken(simulation, TOKEN).send(message("handshake"));
        assertThat(client.output().types()).containsExactly("welcome");
    }

    @Test
    void shouldPreferTheTokenOfTheHandshake() {
        TestClient client = connectWithToken(simulation, "unknown").handshake();
        assertThat(client.output().types()).containsExactly("welcome");
    }

    @Test
    void shouldTakeTheHandshakeFromTheQuery() {
        simulation.publisher().publish(FINANCE, 5);
        TestClient client = connectWithToken(simulation, TOKEN);
        client.session().handshakeFromQuery(new QueryHandshake("finance", Optional.empty(), Optional.of("3")));
        simulation.time().settle();
        assertThat(client.output().types()).containsExactly("welcome", "subscribed", "event");
        assertThat(client.output().seqs()).containsExactly(4L, 5L);
    }

    @Test
    void shouldCloseWith4500WhenTheQueryCannotBeRead() {
        TestClient client = connectWithToken(simulation, TOKEN);
        client.session().handshakeFromQuery(new QueryHandshake("Finance", Optional.empty(), Optional.empty()));
        assertClosed(client, 4500, "protocol_error");
    }

    @Test
    void shouldCloseWith4501WhenTheQueryComesWithoutAToken() {
        TestClient client = connect(simulation);
        client.session().handshakeFromQuery(new QueryHandshake("finance", Optional.empty(), Optional.empty()));
        assertClosed(client, 4501, "unauthorized");
    }

    @Test
    void shouldCloseWith4500WhenAHandshakeFollowsTheOneOfTheQuery() {
        TestClient client = connectWithToken(simulation, TOKEN);
        client.session().handshakeFromQuery(new QueryHandshake("finance", Optional.empty(), Optional.empty()));
        client.handshake("finance");
        assertClosed(client, 4500, "protocol_error");
    }

    @Test
    void shouldCloseWith4500WhenASecondHandshakeComes() {
        assertClosed(connect(simulation).handshake("finance").handshake("finance"), 4500, "protocol_error");
    }

    @Test
    void shouldCloseWith4500WhenASecondHandshakeComesBeforeTheFirstIsAnswered() {
        simulation.verifier().hold();
        TestClient client = connect(simulation).handshake("finance").handshake("finance");
        assertClosed(client, 4500, "protocol_error");
        simulation.verifier().release();
        simulation.time().settle();
        assertThat(client.output().frames("welcome")).isEmpty();
    }

    @Test
    void shouldCloseWith4501WhenThereIsNoToken() {
        assertClosed(connect(simulation).send(message("handshake")), 4501, "unauthorized");
    }

    @Test
    void shouldCloseWith4501WhenTheTokenIsInvalid() {
        assertClosed(connect(simulation).handshakeWith("unknown"), 4501, "unauthorized");
    }

    @Test
    void shouldCloseWith4002WhenTheTokenHasExpired() {
        simulation.verifier().refuse("old", TokenException.Reason.EXPIRED);
        assertClosed(connect(simulation).handshakeWith("old"), 4002, "token_expired");
    }

    @Test
    void shouldCloseWith4006WhenTheTokenCannotBeVerifiedNow() {
        simulation.verifier().refuse("new key", TokenException.Reason.UNVERIFIABLE);
        assertClosed(connect(simulation).handshakeWith("new key"), 4006, "overloaded");
    }

    @Test
    void shouldCloseWith4007WhenTheVerifierBreaks() {
        simulation.verifier().breakOn("cursed");
        TestClient client = connect(simulation).handshakeWith("cursed");
        assertClosed(client, 4007, "internal_error");
        assertThat(client.output().only("error").getString("message")).doesNotContain("simulated");
    }

    @Test
    void shouldCloseWith4501WhenTheTokenHasNoOrg() {
        accept("nobody", new Claims(Optional.empty(), Optional.of("x"), Optional.empty(), Set.of(Scope.READ), later()));
        assertClosed(connect(simulation).handshakeWith("nobody"), 4501, "unauthorized");
    }

    @Test
    void shouldCloseWith4502WhenTheTokenMayNotRead() {
        accept(
                "writer",
                new Claims(Optional.of("acme"), Optional.empty(), Optional.empty(), Set.of(Scope.PUBLISH), later()));
        assertClosed(connect(simulation).handshakeWith("writer"), 4502, "forbidden");
    }

    @Test
    void shouldCloseWith4502WhenTheTokenDoesNotCoverAService() {
        accept("few", FakeVerifier.limitedTo(reader("acme", "ann"), "finance"));
        TestClient client = connect(simulation).handshakeWith("few", "finance", "staff");
        assertClosed(client, 4502, "forbidden");
        assertThat(client.output().only("error").getString("message")).contains("staff");
        assertThat(client.output().frames("welcome")).isEmpty();
    }

    @Test
    void shouldCloseWith4004WhenTheUserHasAsManyConnectionsAsItMay() {
        TestClient first = connect(simulation).handshake();
        connect(simulation).handshake();
        assertClosed(connect(simulation).handshake(), 4004, "too_many_connections");
        assertThat(first.output().closeCode()).isZero();
        first.session().onGone();
        assertThat(connect(simulation).handshake().output().types())
                .as("the refused one took nothing with it")
                .containsExactly("welcome");
    }

    @Test
    void shouldCloseWith4004WhenTheOrgHasAsManyConnectionsAsItMay() {
        for (int i = 0; i < 5; i++) {
            accept("user-" + i, reader("acme", "user-" + i));
            assertThat(connect(simulation).handshakeWith("user-" + i).output().closeCode())
                    .isZero();
        }
        assertClosed(connect(simulation).handshake(), 4004, "too_many_connections");
        accept("elsewhere", reader("other", "ann"));
        assertThat(connect(simulation).handshakeWith("elsewhere").output().closeCode())
                .isZero();
    }

    @Test
    void shouldCloseWith4000WhenNoHandshakeComesInTime() {
        TestClient client = connect(simulation);
        simulation.time().advance(Duration.ofMillis(9_999));
        assertThat(client.output().closeCode()).isZero();
        simulation.time().advance(Duration.ofSeconds(1));
        assertClosed(client, 4000, "handshake_timeout");
    }

    @Test
    void shouldCloseWith4000WhenTheTokenIsNotVerifiedInTime() {
        simulation.verifier().hold();
        TestClient client = connect(simulation).handshake();
        simulation.time().advance(Duration.ofSeconds(11));
        assertClosed(client, 4000, "handshake_timeout");
        simulation.verifier().release();
        simulation.time().settle();
        assertThat(client.output().frames("welcome")).isEmpty();
    }

    @Test
    void shouldNotTimeOutWhenTheHandshakeWasMade() {
        TestClient client = connect(simulation).handshake();
        simulation.time().advance(Duration.ofMinutes(5));
        assertThat(client.output().closeCode()).isZero();
    }

    @Test
    void shouldTakeAHandshakeAfterOneThatItDidNotUnderstand() {
        TestClient client = connect(simulation)
                .send(message("handshake").put("token", TOKEN).put("services", "finance"))
                .handshake("finance");
        assertThat(client.output().types()).containsExactly("error", "welcome", "subscribed");
        assertThat(client.output().only("error").getBoolean("fatal")).isFalse();
    }

    @Test
    void shouldAskForAHandshakeWhenSomethingElseComesFirst() {
        TestClient client = connect(simulation)
                .send(message("subscribe").put("services", new JsonArray().add("finance")))
                .send(message("refresh").put("token", TOKEN))
                .handshake("finance");
        assertThat(client.output().types()).containsExactly("error", "error", "welcome", "subscribed");
        assertThat(client.output().frames("error"))
                .allMatch(error -> "handshake_required".equals(error.getString("code")) && !error.getBoolean("fatal"));
    }

    @Test
    void shouldAskForPatienceWhenSomethingComesBeforeTheWelcome() {
        simulation.verifier().hold();
        TestClient client = connect(simulation)
                .handshake()
                .send(message("subscribe").put("services", new JsonArray().add("finance")));
        assertThat(client.output().only("error").getString("code")).isEqualTo("handshake_required");
        simulation.verifier().release();
        simulation.time().settle();
        assertThat(client.output().types()).containsExactly("error", "welcome");
    }

    @Test
    void shouldDoNothingWhenTheClientWentBeforeTheWelcome() {
        simulation.verifier().hold();
        TestClient client = connect(simulation).handshake("finance");
        client.session().onGone();
        simulation.verifier().release();
        simulation.time().advance(Duration.ofSeconds(20));
        assertThat(client.output().frames()).isEmpty();
        assertThat(client.output().closeCode()).isZero();
        assertThat(simulation.node().registry().size()).isZero();
        assertThat(simulation.bus().subscribed()).isZero();
    }

    @Test
    void shouldSubscribeNothingWhenTheClientWentWhileAStreamWasOpened() {
        simulation.log().hold();
        TestClient client = connect(simulation).handshake("finance");
        client.session().onGone();
        simulation.log().release();
        simulation.time().advance(Duration.ofSeconds(20));
        assertThat(client.output().types()).containsExactly("welcome");
        assertThat(simulation.bus().registrations())
                .as("given back after the linger")
                .isZero();
    }

    @Test
    void shouldNotListToTheRegistryWhatIsClosed() {
        connect(simulation).handshakeWith("unknown");
        TestClient client = connect(simulation).handshake();
        assertThat(simulation.node().registry().sessions()).containsExactly(client.session());
        assertThat(simulation.node().gauge("sluice.sessions")).isEqualTo(1);
        client.session().onGone();
        assertThat(simulation.node().registry().size()).isZero();
        assertThat(simulation.node().gauge("sluice.sessions")).isZero();
    }

    @Test
    void shouldRefuseUpgradesWhenTheNodeIsFull() {
        Simulation small = Simulation.with()
                .session(new SessionLimits().connections(10, 10, 2).options())
                .create();
        connect(small);
        assertThat(small.node().registry().hasRoom()).isTrue();
        TestClient second = connect(small);
        assertThat(small.node().registry().hasRoom()).isFalse();
        second.session().onGone();
        assertThat(small.node().registry().hasRoom()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(CloseReason.class)
    void shouldHaveACodeThatSaysWhetherToComeBack(CloseReason reason) {
        boolean comesBack =
                switch (reason) {
                    case PROTOCOL_ERROR, UNAUTHORIZED, FORBIDDEN, MESSAGE_TOO_LARGE -> false;
                    default -> true;
                };
        assertThat(reason.code() < 4_500).isEqualTo(comesBack);
        assertThat(reason.code()).isBetween(1_000, 4_999);
    }

    private void accept(String token, Claims claims) {
        simulation.verifier().accept(token, claims);
    }

    private Claims reader(String org, String user) {
        return FakeVerifier.reader(org, user, later());
    }

    private Instant later() {
        return simulation.time().instant().plus(Duration.ofHours(1));
    }

    private void assertClosed(TestClient client, int code, String reason) {
        assertThat(client.output().closeCode()).isEqualTo(code);
        assertThat(client.output().closeReason()).isEqualTo(reason);
        JsonObject error = client.output()
                .frames("error")
                .get(client.output().frames("error").size() - 1);
        assertThat(error.getString("code")).isEqualTo(reason);
        assertThat(error.getBoolean("fatal")).isTrue();
        assertThat(simulation.node().registry().sessions()).doesNotContain(client.session());
        assertThat(simulation.node().count("sluice.sessions.closed", "reason", reason, "code", Integer.toString(code)))
                .isEqualTo(1);
    }
}

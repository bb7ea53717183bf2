// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static dev.sluice.gateway.simulation.Simulation.FINANCE;
import static dev.sluice.gateway.simulation.TestClient.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.FakeOutput;
import dev.sluice.gateway.simulation.FakeVerifier;
import dev.sluice.gateway.simulation.SessionLimits;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.gateway.simulation.TestClient;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.auth.TokenException;
import io.vertx.core.json.JsonArray;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A session lives as long as its token, and the token can be renewed on the open socket. */
class SessionTokenTest {

    private final Simulation simulation = Simulation.with()
            .session(new SessionLimits().connections(1, 10, 10).options())
            .create();
    private final TestClient client = TestClient.connect(simulation).handshake("finance", "staff");
    private final FakeOutput output = client.output();

    @Test
    void shouldWarnOnceAndThenCloseWith4002WhenTheTokenEnds() {
        simulation.time().advance(Duration.ofMinutes(59).minusSeconds(1));
        assertThat(output.frames("warning")).isEmpty();
        simulation.time().advance(Duration.ofSeconds(1));
        assertThat(output.only("warning").getString("code")).isEqualTo("token_expiring");
        assertThat(output.only("warning").getLong("tokenExpiresAt"))
                .isEqualTo(simulation.time().millis() + 60_000);
        simulation.time().advance(Duration.ofSeconds(59));
        assertThat(output.closeCode()).isZero();
        assertThat(output.frames("warning")).hasSize(1);
        simulation.time().advance(Duration.ofSeconds(1));
        assertThat(output.closeCode()).isEqualTo(4002);
    }

    @Test
    void shouldCloseWith4501WithinASecondWhenTheTokenIsRevoked() {
        simulation.node().revoke(claims -> claims.subject().equals(Optional.of("bob")));
        simulation.time().advance(Duration.ofSeconds(2));
        assertThat(output.closeCode()).as("another user").isZero();
        simulation.node().revoke(claims -> claims.subject().equals(Optional.of("ann")));
        simulation.time().advance(Duration.ofSeconds(1));
        assertThat(output.closeCode()).isEqualTo(4501);
        assertThat(output.only("error").getString("message")).isEqualTo("the token was revoked");
    }

    @Test
    void shouldGoOnWithoutAGapWhenRefreshed() {
        simulation.time().advance(Duration.ofMinutes(59));
        refresh("next", claims("acme", "ann", Duration.ofHours(2)));
        simulation.publisher().publish(FINANCE, 1);
        simulation.time().advance(Duration.ofMinutes(30));
        assertThat(output.seqs()).containsExactly(1L);
        assertThat(output.closeCode()).isZero();
        assertThat(output.frames("error")).isEmpty();
        simulation.time().advance(Duration.ofMinutes(90));
        assertThat(output.closeCode()).isEqualTo(4002);
        assertThat(output.frames("warning")).as("warned before each end").hasSize(2);
    }

    @Test
    void shouldKeepItsPlaceWhenRefreshed() {
        refresh("next", claims("acme", "ann", Duration.ofHours(2)));
        TestClient second = TestClient.connect(simulation).handshake();
        assertThat(second.output().closeCode())
                .as("the user's one place is taken")
                .isEqualTo(4004);
        client.session().onGone();
        assertThat(TestClient.connect(simulation).handshake().output().closeCode())
                .isZero();
    }

    @Test
    void shouldRefuseButGoOnWhenTheRefreshIsOfSomebodyElse() {
        refresh("bob", claims("acme", "bob", Duration.ofHours(2)));
        refresh("other org", claims("other", "ann", Duration.ofHours(2)));
        refresh("no later", claims("acme", "ann", Duration.ofHours(1)));
        refresh(
                "no reader",
                new Claims(
                        Optional.of("acme"),
                        Optional.of("ann"),
                        Optional.empty(),
                        Set.of(Scope.ADMIN),
                        in(Duration.ofHours(2))));
        assertThat(output.frames("error"))
                .hasSize(4)
                .allMatch(error -> "refresh_refused".equals(error.getString("code")) && !error.getBoolean("fatal"));
        assertThat(output.closeCode()).isZero();
        simulation.time().advance(Duration.ofHours(1));
        assertThat(output.closeCode()).as("the first token still counts").isEqualTo(4002);
    }

    @Test
    void shouldRefuseButGoOnWhenTheTokenIsNotAccepted() {
        simulation.verifier().refuse("old", TokenException.Reason.EXPIRED).breakOn("cursed");
        client.send(message("refresh").put("token", "old"));
        client.send(message("refresh").put("token", "cursed"));
        assertThat(output.frames("error"))
                .hasSize(2)
                .allMatch(error -> "invalid_token".equals(error.getString("code")) && !error.getBoolean("fatal"));
        assertThat(output.frames("error").get(1).getString("message")).doesNotContain("simulated");
        assertThat(output.closeCode()).isZero();
    }

    @Test
    void shouldLeaveWhatTheNewTokenDoesNotCover() {
        refresh("few", FakeVerifier.limitedTo(claims("acme", "ann", Duration.ofHours(2)), "staff"));
        assertThat(output.only("warning"))
                .isEqualTo(
                        message("warning").put("code", "payload_unsubscribed").put("service", "finance"));
        simulation.publisher().publish(FINANCE, 1);
        simulation.publisher().publish(Simulation.STAFF, 1);
        simulation.time().settle();
        assertThat(output.only("event").getString("service")).isEqualTo("staff");
        client.send(message("subscribe").put("services", new JsonArray().add("finance")));
        assertThat(output.only("error").getString("code")).isEqualTo("forbidden");
    }

    @Test
    void shouldLeaveAStreamThatIsBeingOpenedWhenTheNewTokenDoesNotCoverIt() {
        simulation.log().hold();
        client.send(message("subscribe").put("services", new JsonArray().add("mail")));
        refresh("few", FakeVerifier.limitedTo(claims("acme", "ann", Duration.ofHours(2)), "finance", "staff"));
        simulation.log().release();
        simulation.time().settle();
        assertThat(output.frames("subscribed"))
                .extracting(frame -> frame.getString("service"))
                .containsExactly("finance", "staff");
    }

    @Test
    void shouldIgnoreTheAnswerWhenTheSessionEndedMeanwhile() {
        simulation.verifier().hold();
        refresh("next", claims("acme", "ann", Duration.ofHours(2)));
        client.session().onGone();
        int frames = output.frames().size();
        simulation.verifier().release();
        simulation.time().settle();
        assertThat(output.frames()).hasSize(frames);
    }

    private void refresh(String token, Claims claims) {
        simulation.verifier().accept(token, claims);
        client.send(message("refresh").put("token", token));
    }

    private Claims claims(String org, String user, Duration lasting) {
        return FakeVerifier.reader(org, user, in(lasting));
    }

    private Instant in(Duration duration) {
        return simulation.time().instant().plus(duration);
    }
}

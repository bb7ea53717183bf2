// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.revocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.stream.auth.AuthOptions;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.auth.TokenException;
import dev.sluice.stream.auth.TokenVerifier;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RevocationListTest {

    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00.500Z");
    private static final Duration LIFETIME = Duration.ofDays(30);

    private final Vertx vertx = Vertx.vertx();
    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    private final InMemoryRevocations store = new InMemoryRevocations();
    private final RevocationList list = listOver(store);

    @AfterEach
    void close() {
        vertx.close().await();
    }

    private RevocationList listOver(RevocationStore over) {
        AuthOptions d = AuthOptions.defaults();
        AuthOptions limited = new AuthOptions(
                d.secret(),
                d.jwksFile(),
                d.jwksUrl(),
                d.jwksRefresh(),
                d.issuer(),
                d.audience(),
                d.clockSkew(),
                Optional.of(LIFETIME));
        return new RevocationList(over, limited, now::get);
    }

    private static Claims claims(String org, String sub, Instant issuedAt, String jti) {
        return new Claims(
                Optional.ofNullable(org),
                Optional.ofNullable(sub),
                Optional.empty(),
                Set.of(Scope.READ),
                NOW.plus(Duration.ofDays(1)),
                Optional.ofNullable(issuedAt),
                Optional.ofNullable(jti));
    }

    @ParameterizedTest(name = "{0}/{1} at {2} {3}: {4}")
    @CsvSource({
        "42, ann, -1, t-2, true",
        "42, ann, 0, t-2, false", // of that very moment
        "42, ann, 1, t-2, false",
        "42, ann, , t-2, true", // may have been
        "7, ann, -1, t-2, false",
        "42, bob, -1, t-2, false",
        "42, , -1, t-2, false",
        ", ann, -1, t-2, false",
        "7, eve, 5000, t-1, true",
        "7, eve, 5000, , false",
    })
    void shouldConcernNoOtherTokens(String org, String sub, Integer millis, String jti, boolean revoked) {
        list.revokeUser("42", "ann", NOW).await();
        list.revokeToken("t-1").await();
        Instant issued = millis == null ? null : NOW.plusMillis(millis);
        assertThat(list.isRevoked(claims(org, sub, issued, jti))).isEqualTo(revoked);
    }

    /** What is kept is of whole milliseconds; it came back as an older one of the same key, and was taken away as covered. */
    @Test
    void shouldKeepInTheClusterWhatItHearsOfBeforeItIsDone() {
        list.start(vertx, () -> false).await();
        now.set(NOW.plusNanos(123_456));
        list.revokeUser("42", "ann", now.get()).await();
        list.revokeToken("t-1").await();

        assertThat(store.read().await()).hasSize(2);
        RevocationList later = listOver(store);
        later.start(vertx, () -> false).await();
        assertThat(later.isRevoked(claims("42", "ann", NOW.minusMillis(1), "t-2")))
                .isTrue();
        assertThat(later.all()).containsExactlyInAnyOrderElementsOf(list.all().toList());
    }

    @Test
    void shouldRefuseWhatIsRevokedAndLeaveTheRestToTheVerifier() {
        TokenVerifier guarded = list.guard(token -> token.equals("bad")
                ? Future.failedFuture(new TokenException(TokenException.Reason.EXPIRED, "ended"))
                : Future.succeededFuture(claims("42", "ann", NOW.minusMillis(1), token)));
        assertThat(guarded.verify("t-1").await().tokenId()).hasValue("t-1");
        list.revokeToken("t-1").await();
        assertThatThrownBy(() -> guarded.verify("t-1").await())
                .isInstanceOfSatisfying(TokenException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(TokenException.Reason.INVALID));
        assertThat(guarded.verify("t-2").await().tokenId()).hasValue("t-2");
        assertThatThrownBy(() -> guarded.verify("bad").await()).hasMessage("ended");
    }

    @Test
    void shouldKnowWhatOthersRevokedBeforeAndAfterItCame() {
        list.revokeToken("before").await();
        RevocationList later = listOver(store);
        later.start(vertx, () -> true).await();
        assertThat(later.isRevoked(claims("42", "ann", NOW, "before"))).isTrue();
        list.revokeToken("after").await();
        assertThat(later.isRevoked(claims("42", "ann", NOW, "after"))).isTrue();
    }

    @Test
    void shouldKeepTheStricterOfTwoWhateverTheOrder() {
        list.revokeUser("42", "ann", NOW).await();
        list.revokeUser("42", "ann", NOW.minusSeconds(9)).await();
        assertThat(list.isRevoked(claims("42", "ann", NOW.minusSeconds(1), null)))
                .isTrue();
        RevocationList other = listOver(store);
        other.refresh().await();
        assertThat(other.isRevoked(claims("42", "ann", NOW.minusSeconds(1), null)))
                .isTrue();
        list.revokeUser("42", "ann", NOW.plusSeconds(9)).await();
        assertThat(store.read().await()).as("the one before is covered").hasSize(2);
        assertThat(list.all()).hasSize(1);
    }

    @Test
    void shouldForgetWhenTheTokensHaveEnded() {
        list.revokeUser("42", "ann", NOW).await();
        list.revokeToken("t-1").await();
        now.set(NOW.plus(LIFETIME));
        list.refresh().await();
        assertThat(list.all()).as("its tokens are accepted a little longer").hasSize(2);
        now.set(NOW.plus(LIFETIME).plusSeconds(11));
        list.refresh().await();
        assertThat(list.all()).isEmpty();
    }

    @Test
    void shouldAskTheStoreToForgetThen() {
        AtomicReference<Duration> asked = new AtomicReference<>();
        RevocationList observed = listOver(new Deaf(store) {
            @Override
            public Future<Boolean> put(String key, String text, Duration lifetime) {
                asked.set(lifetime);
                return super.put(key, text, lifetime);
            }
        });
        observed.revokeUser("42", "ann", NOW.minus(Duration.ofDays(1))).await();
        assertThat(asked.get()).isBetween(LIFETIME.minus(Duration.ofDays(1)), LIFETIME.minus(Duration.ofHours(23)));
    }

    @Test
    void shouldKeepWhatItKnowsWhenTheClusterCannotTell() {
        Deaf cluster = new Deaf(store);
        RevocationList cutOff = listOver(cluster);
        list.revokeToken("t-1").await();
        cutOff.refresh().await();
        cluster.broken = true;
        assertThat(cutOff.refresh().failed()).isTrue();
        assertThat(cutOff.isRevoked(claims("42", "ann", NOW, "t-1"))).isTrue();
        assertThatThrownBy(() -> cutOff.revokeToken("t-2").await()).hasMessage("no quorum");
        assertThat(cutOff.isRevoked(claims("42", "ann", NOW, "t-2"))).isFalse();
    }

    @Test
    void shouldPutBackWhatTheClusterHasLost() {
        list.revokeToken("t-1").await();
        list.revokeUser("42", "ann", NOW).await();
        Map<String, String> before = store.read().await();
        before.keySet().forEach(store::remove);
        list.refresh().await();
        assertThat(store.read().await()).isEqualTo(before).hasSize(2);
    }

    @Test
    void shouldBeBounded() {
        for (int i = 0; i < RevocationStore.MAX_ENTRIES; i++) {
            list.revokeToken("t-" + i).await();
        }
        assertThatThrownBy(() -> list.revokeToken("one more").await()).isInstanceOf(RevocationLimitException.class);
        assertThat(list.isRevoked(claims("42", "ann", NOW, "one more"))).isFalse();
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        assertThatThrownBy(() -> list.revokeUser("42", "", NOW).await()).hasMessageContaining("sub must");
        assertThatThrownBy(() -> list.revokeUser("", "ann", NOW).await()).hasMessageContaining("org must");
        assertThatThrownBy(() -> list.revokeToken("x".repeat(257)).await()).hasMessageContaining("jti must");
        assertThatThrownBy(
                        () -> list.revokeUser("42", "ann", NOW.minus(LIFETIME).minusSeconds(11))
                                .await())
                .hasMessageContaining("all ended");
    }

    @Test
    void shouldNotStumbleOverWhatAnotherReleasePut() {
        store.put("group", "{\"group\":\"x\"}", LIFETIME);
        list.revokeToken("t-1").await();
        list.refresh().await();
        assertThat(list.all()).hasSize(1);
    }

    /** Tells nothing of changes, and nothing at all when it is broken. */
    private static class Deaf implements RevocationStore {
        private final RevocationStore store;
        private boolean broken;

        Deaf(RevocationStore store) {
            this.store = store;
        }

        private <T> Future<T> unless(Future<T> answer) {
            return broken ? Future.failedFuture("no quorum") : answer;
        }

        @Override
        public Future<Map<String, String>> read() {
            return unless(store.read());
        }

        @Override
        public Future<Boolean> put(String key, String text, Duration lifetime) {
            return broken ? Future.failedFuture("no quorum") : store.put(key, text, lifetime);
        }

        @Override
        public Future<Void> remove(String key) {
            return unless(store.remove(key));
        }

        @Override
        public void listen(Consumer<String> listener) {}
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.stream.auth.TokenException.Reason;
import dev.sluice.stream.config.Secret;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class TokenVerifiersTest {

    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final Secret SECRET = new Secret("a secret of at least thirty-two bytes");

    private static final long MAX_LIFETIME = Duration.ofDays(30).toSeconds();

    private final Vertx vertx = Vertx.vertx();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        vertx.close().await();
    }

    @Test
    void shouldReadAllClaimsWhenTheTokenIsGood() {
        Claims claims = new Claims(
                Optional.of("42"),
                Optional.of("alice"),
                Optional.of(Set.of("finance", "staff")),
                Set.of(Scope.READ, Scope.PUBLISH),
                NOW.plusSeconds(60),
                Optional.of(NOW.minusSeconds(3)),
                Optional.of("t-1"));
        String token = new DevelopmentTokens(SECRET, CLOCK).mint(claims);
        assertThat(withSecret().verify(token).await()).isEqualTo(claims);
    }

    @Test
    void shouldAcceptWhatLivesAsLongAsItMay() throws GeneralSecurityException {
        AuthOptions d = AuthOptions.defaults().withSecret(SECRET);
        AuthOptions limited = new AuthOptions(
                d.secret(),
                d.jwksFile(),
                d.jwksUrl(),
                d.jwksRefresh(),
                d.issuer(),
                d.audience(),
                d.clockSkew(),
                Optional.of(Duration.ofSeconds(MAX_LIFETIME)));
        TokenVerifier verifier = TokenVerifiers.create(vertx, limited, CLOCK).await();
        JsonObject payload =
                payload().put("iat", NOW.getEpochSecond() - 100).put("exp", NOW.getEpochSecond() - 100 + MAX_LIFETIME);
        assertThat(verifier.verify(hs256(payload)).await().issuedAt()).hasValue(NOW.minusSeconds(100));
    }

    @Test
    void shouldAcceptAnyLifeWhenNoneIsSet() throws GeneralSecurityException {
        long year2100 = 4_102_444_800L;
        assertThat(withSecret()
                        .verify(hs256(payload().put("exp", year2100)))
                        .await()
                        .expiresAt())
                .isEqualTo(Instant.ofEpochSecond(year2100));
    }

    @Test
    void shouldAllowReadingOnlyWhenThereIsNoScope() throws GeneralSecurityException {
        assertThat(withSecret().verify(hs256(payload())).await().scopes()).containsExactly(Scope.READ);
        assertThat(withSecret()
                        .verify(hs256(payload().put("scope", "openid email")))
                        .await()
                        .scopes())
                .isEmpty();
    }

    static Stream<Arguments> badPayloads() {
        return Stream.of(
                bad("no exp", payload -> without(payload, "exp"), Reason.INVALID),
                bad("exp is text", payload -> payload.put("exp", "tomorrow"), Reason.INVALID),
                bad("exp is null", payload -> payload.putNull("exp"), Reason.INVALID),
                bad("nbf is null", payload -> payload.putNull("nbf"), Reason.INVALID),
                bad("exp is endless", payload -> payload.put("exp", 1e300), Reason.INVALID),
                bad("ended", payload -> payload.put("exp", NOW.getEpochSecond() - 6), Reason.EXPIRED),
                bad("not yet", payload -> payload.put("nbf", NOW.getEpochSecond() + 6), Reason.INVALID),
                bad("from the future", payload -> payload.put("iat", NOW.getEpochSecond() + 60), Reason.INVALID),
                bad("org is a number", payload -> payload.put("org", 42), Reason.INVALID),
                bad("org is empty", payload -> payload.put("org", ""), Reason.INVALID),
                bad("sub is a number", payload -> payload.put("sub", 1), Reason.INVALID),
                bad("services is text", payload -> payload.put("services", "finance"), Reason.INVALID),
                bad(
                        "a service is bad",
                        payload -> payload.put("services", new JsonArray().add("Fin ance")),
                        Reason.INVALID),
                bad("scope is an array", payload -> payload.put("scope", new JsonArray().add("x")), Reason.INVALID),
                bad("jti is a number", payload -> payload.put("jti", 7), Reason.INVALID),
                bad("jti is huge", payload -> payload.put("jti", "x".repeat(257)), Reason.INVALID),
                bad(
                        "lives longer than it may",
                        payload -> payload.put("iat", NOW.getEpochSecond() - 100)
                                .put("exp", NOW.getEpochSecond() - 99 + MAX_LIFETIME),
                        Reason.INVALID),
                bad(
                        "without iat, lives longer than it may",
                        payload -> payload.put("exp", NOW.getEpochSecond() + 1 + MAX_LIFETIME),
                        Reason.INVALID),
                bad("other issuer", payload -> payload.put("iss", "evil"), Reason.INVALID),
                bad("other audience", payload -> payload.put("aud", new JsonArray().add("x")), Reason.INVALID));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badPayloads")
    void shouldRefuseWhenAClaimIsBad(String name, UnaryOperator<JsonObject> spoil, Reason reason)
            throws GeneralSecurityException {
        AuthOptions d = AuthOptions.defaults();
        AuthOptions options = new AuthOptions(
                Optional.of(SECRET),
                d.jwksFile(),
                d.jwksUrl(),
                d.jwksRefresh(),
                Optional.of("idp"),
                Optional.of("sluice"),
                d.clockSkew(),
                Optional.of(Duration.ofSeconds(MAX_LIFETIME)));
        TokenVerifier verifier = TokenVerifiers.create(vertx, options, CLOCK).await();
        JsonObject good = payload().put("iss", "idp").put("aud", "sluice");
        assertThatCode(() -> verifier.verify(hs256(good.copy())).await()).doesNotThrowAnyException();
        assertRefused(verifier, hs256(spoil.apply(good)), reason);
    }

    @Test
    void shouldAllowForClocksThatDifferALittle() throws GeneralSecurityException {
        TokenVerifier verifier = withSecret();
        assertThatCode(() -> verifier.verify(hs256(payload().put("exp", NOW.getEpochSecond() - 4)))
                        .await())
                .doesNotThrowAnyException();
        assertRefused(verifier, hs256(payload().put("exp", NOW.getEpochSecond() - 5)), Reason.EXPIRED);
    }

    @Test
    void shouldRefuseWhenTheTokenIsForged() throws GeneralSecurityException {
        TokenVerifier verifier = withSecret();
        String good = hs256(payload());
        String[] parts = good.split("\\.", -1);
        String none = TestKeys.segment(new JsonObject().put("alg", "none")) + "." + parts[1] + ".";
        for (String forged : new String[] {
            "",
            ".",
            "..",
            "garbage",
            "a.b.c",
            none,
            none + "x",
            parts[0] + "." + parts[1],
            parts[0] + "." + TestKeys.segment(payload().put("org", "43")) + "." + parts[2],
            good + "." + parts[2],
            "x".repeat(9_000),
            hs256(payload(), "another secret of at least 32 bytes!!"),
        }) {
            assertRefused(verifier, forged, Reason.INVALID);
        }
    }

    @Test
    void shouldVerifyEveryKindOfKeyWhenTheyStandInAKeySet() throws Exception {
        TestKeys[] keys = {TestKeys.rsa("r1"), TestKeys.rsa("r2"), TestKeys.ec("e1"), TestKeys.ed25519("d1")};
        TokenVerifier verifier = withFile(TestKeys.set(keys));
        for (TestKeys key : keys) {
            assertThat(verifier.verify(key.sign(payload())).await().org()).contains("42");
        }
        assertRefused(verifier, TestKeys.rsa("r1").sign(payload()), Reason.INVALID);
        assertRefused(verifier, hs256(payload()), Reason.INVALID);
    }

    @Test
    void shouldRefuseWhenAPublicKeyIsUsedAsASecret() throws Exception {
        TestKeys key = TestKeys.rsa("r1");
        TokenVerifier verifier = withFile(TestKeys.set(key));
        String modulus = key.jwk().getString("n");
        assertRefused(verifier, hs256(payload(), modulus), Reason.INVALID);
        String pem = Base64.getEncoder().encodeToString(key.pair().getPublic().getEncoded());
        assertRefused(verifier, hs256(payload(), pem), Reason.INVALID);
    }

    @Test
    void shouldNotStartWhenTheKeySetHasOnlySecrets() throws IOException {
        JsonObject secretKey =
                new JsonObject().put("kty", "oct").put("k", "c2VjcmV0").put("alg", "HS256");
        Path file = folder.resolve("jwks.json");
        Files.writeString(
                file,
                new JsonObject().put("keys", new JsonArray().add(secretKey)).encode());
        assertThatThrownBy(() ->
                        TokenVerifiers.create(vertx, fileOptions(file), CLOCK).await())
                .hasMessageContaining("auth.jwksFile")
                .hasMessageContaining("no public signing key");
    }

    @Test
    void shouldLearnANewKeyAtOnceAndAskTheSourceOnlyOnceWhenManyTokensNameIt() throws Exception {
        TestKeys old = TestKeys.rsa("old");
        TestKeys fresh = TestKeys.rsa("fresh");
        AtomicReference<String> body = new AtomicReference<>(TestKeys.set(old).encode());
        AtomicInteger asked = new AtomicInteger();
        AtomicReference<Instant> now = new AtomicReference<>(NOW);
        HttpServer server = serve(body, asked);
        try {
            TokenVerifier verifier = TokenVerifiers.create(vertx, urlOptions(server, Duration.ofHours(1)), movable(now))
                    .await();
            assertThat(verifier.verify(old.sign(payload())).await().org()).contains("42");
            body.set(TestKeys.set(old, fresh).encode());

            assertRefused(verifier, fresh.sign(payload()), Reason.INVALID);
            assertThat(asked).as("asked a moment ago").hasValue(1);
            now.set(NOW.plus(RotatingKeys.MIN_PAUSE));
            assertThat(verifier.verify(fresh.sign(payload())).await().org()).contains("42");
            TestKeys unknown = TestKeys.rsa("unknown");
            for (int i = 0; i < 5; i++) {
                assertRefused(verifier, unknown.sign(payload()), Reason.INVALID);
            }
            assertThat(asked).hasValue(2);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void shouldKeepTheKeysWhenTheSourceBreaks() throws Exception {
        TestKeys key = TestKeys.ec("e1");
        AtomicReference<String> body = new AtomicReference<>(TestKeys.set(key).encode());
        AtomicInteger asked = new AtomicInteger();
        HttpServer server = serve(body, asked);
        try {
            AuthOptions options = urlOptions(server, Duration.ofSeconds(1));
            TokenVerifier verifier =
                    TokenVerifiers.create(vertx, options, CLOCK).await();
            body.set("{\"keys\":[]}");
            Awaitility.await().untilAsserted(() -> assertThat(asked).hasValueGreaterThan(1));
            assertThat(verifier.verify(key.sign(payload())).await().org()).contains("42");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void shouldBeUnverifiableUntilTheKeySetCanBeRead() throws Exception {
        TestKeys key = TestKeys.ec("e1");
        AtomicReference<String> body = new AtomicReference<>("not yet");
        HttpServer server = serve(body, new AtomicInteger());
        try {
            TokenVerifier verifier = TokenVerifiers.create(vertx, urlOptions(server, Duration.ofSeconds(1)), CLOCK)
                    .await();
            assertRefused(verifier, key.sign(payload()), Reason.UNVERIFIABLE);
            body.set(TestKeys.set(key).encode());
            Awaitility.await()
                    .ignoreExceptions()
                    .until(() ->
                            verifier.verify(key.sign(payload())).await().org().isPresent());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void shouldRefuseTheSecretThatEverybodyKnows() {
        AuthOptions demo = AuthOptions.defaults().withSecret(DevelopmentTokens.DEMO_SECRET);
        assertThatThrownBy(demo::requireKeys)
                .hasMessageContaining("./sluice demo")
                .hasMessageContaining("openssl");
        assertThatThrownBy(() -> AuthOptions.defaults().requireKeys()).hasMessageContaining("exactly one");
        assertThatThrownBy(() -> AuthOptions.defaults().withSecret(new Secret("short")))
                .hasMessageStartingWith("auth.secret must have at least 32 bytes")
                .hasMessageNotContaining("short\"");
    }

    private TokenVerifier withSecret() {
        return TokenVerifiers.create(vertx, AuthOptions.defaults().withSecret(SECRET), CLOCK)
                .await();
    }

    private TokenVerifier withFile(JsonObject keys) throws IOException {
        Path file = folder.resolve("jwks.json");
        Files.writeString(file, keys.encode());
        return TokenVerifiers.create(vertx, fileOptions(file), CLOCK).await();
    }

    private static AuthOptions fileOptions(Path file) {
        AuthOptions d = AuthOptions.defaults();
        return new AuthOptions(
                d.secret(),
                Optional.of(file),
                d.jwksUrl(),
                d.jwksRefresh(),
                d.issuer(),
                d.audience(),
                d.clockSkew(),
                d.maxTokenLifetime());
    }

    private static AuthOptions urlOptions(HttpServer server, Duration refresh) {
        AuthOptions d = AuthOptions.defaults();
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/jwks";
        return new AuthOptions(
                d.secret(),
                d.jwksFile(),
                Optional.of(url),
                refresh,
                d.issuer(),
                d.audience(),
                d.clockSkew(),
                d.maxTokenLifetime());
    }

    private static HttpServer serve(AtomicReference<String> body, AtomicInteger asked) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/jwks", exchange -> {
            asked.incrementAndGet();
            byte[] bytes = body.get().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static Clock movable(AtomicReference<Instant> now) {
        return new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now.get();
            }
        };
    }

    private static void assertRefused(TokenVerifier verifier, String token, Reason reason) {
        assertThatThrownBy(() -> verifier.verify(token).await())
                .isInstanceOfSatisfying(TokenException.class, refused -> {
                    assertThat(refused.reason()).isEqualTo(reason);
                    if (token.length() > 20) {
                        assertThat(refused.getMessage()).doesNotContain(token);
                    }
                });
    }

    private static JsonObject payload() {
        return new JsonObject().put("org", "42").put("sub", "alice").put("exp", NOW.getEpochSecond() + 600);
    }

    private static JsonObject without(JsonObject payload, String claim) {
        payload.remove(claim);
        return payload;
    }

    private static Arguments bad(String name, UnaryOperator<JsonObject> spoil, Reason reason) {
        return Arguments.of(name, spoil, reason);
    }

    private static String hs256(JsonObject payload) throws GeneralSecurityException {
        return hs256(payload, SECRET.value());
    }

    private static String hs256(JsonObject payload, String secret) throws GeneralSecurityException {
        String input = TestKeys.segment(new JsonObject().put("alg", "HS256")) + "." + TestKeys.segment(payload);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return input + "." + TestKeys.base64(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)));
    }
}

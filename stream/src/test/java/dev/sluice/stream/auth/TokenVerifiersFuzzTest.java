// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.config.Secret;
import dev.sluice.stream.fuzz.Accepted;
import dev.sluice.stream.fuzz.Cost;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A token from anywhere. An input with line breaks stands for one that is signed with the right secret, for no fuzzer guesses a
 * signature: its first line is the header, the second the payload. Any other is the token itself.
 */
class TokenVerifiersFuzzTest {

    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final String SECRET = "a secret of at least thirty-two bytes";
    private static final TokenVerifier VERIFIER = TokenVerifiers.create(
                    null, // the keys are in the options
                    AuthOptions.defaults().withSecret(new Secret(SECRET)),
                    Clock.fixed(NOW, ZoneOffset.UTC))
            .await();

    @FuzzTest
    void token(byte[] input) throws GeneralSecurityException {
        String text = new String(input, ISO_8859_1);
        int lineBreak = text.indexOf('\n');
        String token = lineBreak < 0 ? text : signed(text.substring(0, lineBreak), text.substring(lineBreak + 1));
        Future<Claims> verified = Cost.bounded(token.length(), () -> VERIFIER.verify(token));
        assertThat(verified.isComplete()).isTrue();
        if (verified.succeeded()) {
            assertThat(lineBreak).as("nobody signs without the secret").isNotNegative();
            check(verified.result());
            return;
        }
        assertThat(verified.cause()).isInstanceOf(TokenException.class);
        String reason = verified.cause().getMessage();
        Accepted.reason(reason);
        assertThat(reason).doesNotContain(SECRET);
        if (token.length() > 20) {
            assertThat(reason).doesNotContain(token);
        }
    }

    private static void check(Claims claims) {
        assertThat(claims.expiresAt()).isAfter(NOW.minusSeconds(6));
        claims.org().ifPresent(org -> assertThat(StreamKey.isOrg(org)).isTrue());
        claims.org().ifPresent(Accepted::sameToEveryNode);
        claims.subject().ifPresent(Accepted::sameToEveryNode);
        claims.services().ifPresent(services -> assertThat(services).allMatch(StreamKey::isService));
    }

    private static String signed(String header, String payload) throws GeneralSecurityException {
        String content = base64(header.getBytes(ISO_8859_1)) + "." + base64(payload.getBytes(ISO_8859_1));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return content + "." + base64(mac.doFinal(content.getBytes(ISO_8859_1)));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}

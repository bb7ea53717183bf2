// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.revocation;

import dev.sluice.stream.ForeignText;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.auth.Claims;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Which tokens are not accepted any more, and until when that needs to be known: they end by themselves before then. */
public sealed interface Revocation {

    /** The longest {@code sub} and {@code jti}. */
    int MAX_LENGTH = 256;

    /** From when on nobody needs to know. */
    Instant endsAt();

    /** Whether the token of these claims is one of them. */
    boolean concerns(Claims claims);

    /** Differs from that of every other revocation, and is the same on every node. */
    String key();

    /** As operators are shown it, and as it is kept: {@code org}, {@code sub}, {@code issuedBefore} or {@code jti}, and {@code endsAt}. */
    JsonObject toJson();

    /**
     * The tokens of a user that were issued before a time. A token without {@code iat} may have been, so it is one of them.
     *
     * @param issuedBefore tokens of this very moment are not concerned; those that say only the second are, if it had begun before
     */
    record OfUser(String org, String sub, Instant issuedBefore, Instant endsAt) implements Revocation {

        /** Checks the names; times are of whole milliseconds, as they are kept, so that one that comes back from the cluster is the same. */
        public OfUser {
            issuedBefore = issuedBefore.truncatedTo(ChronoUnit.MILLIS);
            endsAt = endsAt.truncatedTo(ChronoUnit.MILLIS);
            check(StreamKey.isOrg(org), "org must be a string of 1 to " + StreamKey.MAX_ORG_LENGTH + " characters");
            check(isName(sub), "sub must be a string of 1 to " + MAX_LENGTH + " characters");
        }

        @Override
        public boolean concerns(Claims claims) {
            return claims.org().filter(org::equals).isPresent()
                    && claims.subject().filter(sub::equals).isPresent()
                    && !claims.issuedAt()
                            .filter(issued -> !issued.isBefore(issuedBefore))
                            .isPresent();
        }

        @Override
        public String key() {
            return "user" + new JsonArray().add(org).add(sub).add(issuedBefore.toEpochMilli());
        }

        @Override
        public JsonObject toJson() {
            return new JsonObject()
                    .put("org", org)
                    .put("sub", sub)
                    .put("issuedBefore", issuedBefore.toEpochMilli())
                    .put("endsAt", endsAt.toEpochMilli());
        }
    }

    /** One token, by its {@code jti}. */
    record OfToken(String jti, Instant endsAt) implements Revocation {

        /** Checks the id; the time is of whole milliseconds. */
        public OfToken {
            endsAt = endsAt.truncatedTo(ChronoUnit.MILLIS);
            check(isName(jti), "jti must be a string of 1 to " + MAX_LENGTH + " characters");
        }

        @Override
        public boolean concerns(Claims claims) {
            return claims.tokenId().filter(jti::equals).isPresent();
        }

        @Override
        public String key() {
            return "token" + new JsonArray().add(jti);
        }

        @Override
        public JsonObject toJson() {
            return new JsonObject().put("jti", jti).put("endsAt", endsAt.toEpochMilli());
        }
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws RuntimeException if it is something else
     */
    static Revocation parse(String text) {
        JsonObject json = new JsonObject(text);
        Instant endsAt = Instant.ofEpochMilli(json.getLong("endsAt"));
        return json.containsKey("jti")
                ? new OfToken(json.getString("jti"), endsAt)
                : new OfUser(
                        json.getString("org"),
                        json.getString("sub"),
                        Instant.ofEpochMilli(json.getLong("issuedBefore")),
                        endsAt);
    }

    private static boolean isName(String text) {
        return text != null && !text.isEmpty() && text.length() <= MAX_LENGTH && ForeignText.isWellFormed(text);
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.admin;

import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import dev.sluice.stream.revocation.Revocation;
import dev.sluice.stream.revocation.RevocationLimitException;
import dev.sluice.stream.revocation.RevocationList;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/**
 * {@code GET} and {@code POST /v2/realtime/revocations} (docs/protocol.md, section 7), for operators: which tokens have been revoked, and to revoke
 * those of a user or one by its {@code jti}. Shared by all event loops.
 */
public final class RevocationRoutes {

    /** Where it is. */
    public static final String PATH = "/v2/realtime/revocations";

    private static final String ORG = "org";
    private static final String SUB = "sub";
    private static final String BEFORE = "issuedBefore";
    private static final String JTI = "jti";
    private static final Set<String> MEMBERS = Set.of(ORG, SUB, BEFORE, JTI);

    /** How far the operator's clock may be ahead. Tokens that are yet to be made are not revoked. */
    private static final Duration AHEAD = Duration.ofMinutes(1);

    private final RevocationList list;
    private final AdminDoor door;
    private final InstantSource clock;

    /** Routes to the list of this node, through the door. */
    public RevocationRoutes(RevocationList list, AdminDoor door, InstantSource clock) {
        this.list = list;
        this.door = door;
        this.clock = clock;
    }

    /** Adds the routes. */
    public void mount(Router router) {
        router.get(PATH).handler(routing -> door.show(routing, () -> Future.succeededFuture(all())));
        router.post(PATH).handler(routing -> door.act(routing, "tokens_revoked", this::revoke));
    }

    private JsonObject all() {
        JsonArray revocations = new JsonArray();
        list.all().map(Revocation::toJson).forEach(revocations::add);
        return new JsonObject().put("revocations", revocations);
    }

    private Future<JsonObject> revoke(AdminAction action, Buffer body) {
        JsonObject wanted = parse(body);
        return (wanted.containsKey(JTI) ? revokeToken(action, wanted) : revokeUser(action, wanted))
                .map(Revocation::toJson)
                .recover(failure -> Future.failedFuture(refused(failure)));
    }

    private Future<Revocation> revokeToken(AdminAction action, JsonObject wanted) {
        String jti = text(wanted, JTI);
        if (wanted.size() > 1) {
            throw wrong(JTI, "jti names one token; leave out what names a user");
        }
        action.on("token " + jti);
        return list.revokeToken(jti);
    }

    private Future<Revocation> revokeUser(AdminAction action, JsonObject wanted) {
        String org = text(wanted, ORG);
        String sub = text(wanted, SUB);
        Instant before = before(wanted);
        action.on("user " + sub + " of org " + org);
        action.detail(BEFORE, before.toString());
        return list.revokeUser(org, sub, before);
    }

    private Instant before(JsonObject wanted) {
        Instant now = clock.instant();
        if (!wanted.containsKey(BEFORE)) {
            return now;
        }
        Object value = wanted.getValue(BEFORE);
        if (!(value instanceof Integer || value instanceof Long)
                || ((Number) value).longValue() < 0
                || ((Number) value).longValue() > now.plus(AHEAD).toEpochMilli()) {
            throw wrong(BEFORE, "issuedBefore must be a time in epoch milliseconds that is not in the future");
        }
        return Instant.ofEpochMilli(((Number) value).longValue());
    }

    private static JsonObject parse(Buffer body) {
        JsonObject json;
        try {
            json = new JsonObject(body);
        } catch (DecodeException | ClassCastException e) {
            throw new RefusedException(Problem.of(ProblemType.MALFORMED, "the body must be one JSON object"));
        }
        Optional<String> unknown = json.fieldNames().stream()
                .filter(name -> !MEMBERS.contains(name))
                .findFirst();
        if (unknown.isPresent()) {
            String name = unknown.get().substring(0, Math.min(40, unknown.get().length()));
            throw wrong(name, "there is no such member; there are org with sub and issuedBefore, or jti");
        }
        return json;
    }

    private static String text(JsonObject json, String member) {
        if (json.getValue(member) instanceof String text) {
            return text;
        }
        throw wrong(member, member + " must be a string; give org and sub, or jti");
    }

    private static Throwable refused(Throwable failure) {
        if (failure instanceof IllegalArgumentException) {
            return new RefusedException(Problem.of(ProblemType.MALFORMED, failure.getMessage()));
        }
        return failure instanceof RevocationLimitException
                ? new RefusedException(Problem.of(ProblemType.REVOCATION_LIMIT, failure.getMessage()))
                : failure;
    }

    private static RefusedException wrong(String member, String detail) {
        return new RefusedException(Problem.of(ProblemType.MALFORMED, detail).withAttribute(member));
    }
}

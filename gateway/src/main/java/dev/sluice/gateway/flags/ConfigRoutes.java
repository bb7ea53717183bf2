// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.flags;

import dev.sluice.stream.auth.BearerTokens;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.auth.TokenException;
import dev.sluice.stream.auth.TokenVerifier;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET} and {@code PUT /v2/realtime/config} (PROTOCOL section 7). Everybody may read. To change takes a token with
 * {@code realtime:admin}, which is the operator's scope: with or without an {@code org} it holds for the whole cluster. Shared by all event loops.
 */
public final class ConfigRoutes {

    /** Where it is. */
    public static final String PATH = "/v2/realtime/config";

    private static final Logger LOGGER = LoggerFactory.getLogger(ConfigRoutes.class);
    private static final Logger AUDIT = LoggerFactory.getLogger("dev.sluice.audit");
    private static final String HEARTBEAT = "heartbeatMs";
    private static final Set<String> MEMBERS = Set.of("realtime", "rolloutPercent", "transports", HEARTBEAT);

    private final ClusterFlags flags;
    private final TokenVerifier verifier;
    private final long heartbeatMs;

    /** Routes; {@code heartbeatMs} is shown beside the flags and is the same on all nodes by configuration only. */
    public ConfigRoutes(ClusterFlags flags, TokenVerifier verifier, long heartbeatMs) {
        this.flags = flags;
        this.verifier = verifier;
        this.heartbeatMs = heartbeatMs;
    }

    /** Adds the routes. */
    public void mount(Router router) {
        router.get(PATH).handler(routing -> show(routing.response()));
        router.put(PATH).handler(this::change);
    }

    private void show(HttpServerResponse response) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(flags.get().toJson().put(HEARTBEAT, heartbeatMs).toBuffer())
                .onFailure(gone -> LOGGER.atTrace().log("the client is gone"));
    }

    private void change(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        // In the first turn, or its beginning would be lost while the token is verified.
        SmallBody body = new SmallBody(routing.vertx(), request);
        admit(request)
                .compose(claims -> body.read().map(this::parse).compose(wanted -> apply(wanted, claims)))
                .onSuccess(done -> show(request.response()))
                .onFailure(failure -> refuse(request, failure));
    }

    private Future<Claims> admit(HttpServerRequest request) {
        Optional<String> token = BearerTokens.from(request);
        if (token.isEmpty()) {
            return Future.failedFuture(new RefusedException(
                    Problem.of(ProblemType.UNAUTHORIZED, "a token with the scope realtime:admin is needed")));
        }
        return verifier.verify(token.get())
                .compose(claims -> claims.has(Scope.ADMIN)
                        ? Future.succeededFuture(claims)
                        : Future.failedFuture(new RefusedException(
                                Problem.of(ProblemType.FORBIDDEN, "the token needs the scope realtime:admin"))));
    }

    private FeatureFlags parse(Buffer body) {
        try {
            JsonObject json = new JsonObject(body);
            Optional<String> unknown = json.fieldNames().stream()
                    .filter(name -> !MEMBERS.contains(name))
                    .findFirst();
            if (unknown.isPresent()) {
                throw new IllegalArgumentException("there is no member '" + shorten(unknown.get())
                        + "'; there are realtime, rolloutPercent and transports");
            }
            if (json.containsKey(HEARTBEAT)
                    && !(json.getValue(HEARTBEAT) instanceof Number given && given.doubleValue() == heartbeatMs)) {
                throw new IllegalArgumentException(
                        "heartbeatMs is no flag: it is configured with gateway.session.heartbeat; leave it out");
            }
            return FeatureFlags.from(json);
        } catch (DecodeException | ClassCastException e) {
            throw new RefusedException(Problem.of(ProblemType.MALFORMED, "the body must be one JSON object"));
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Problem.of(ProblemType.INVALID_FLAGS, e.getMessage()));
        }
    }

    private static String shorten(String name) {
        return name.substring(0, Math.min(40, name.length()));
    }

    private Future<Void> apply(FeatureFlags wanted, Claims by) {
        return flags.set(wanted)
                .onSuccess(before -> AUDIT.atInfo()
                        .addKeyValue("action", "flags_changed")
                        .addKeyValue("user", by.subject().orElse(""))
                        .addKeyValue("org", by.org().orElse(""))
                        .addKeyValue("from", before.toJson().encode())
                        .addKeyValue("to", wanted.toJson().encode())
                        .log("flags changed"))
                .recover(failure -> {
                    LOGGER.atWarn()
                            .addKeyValue("cause", failure.toString())
                            .log("the cluster did not take a change of the flags");
                    return Future.failedFuture(new RefusedException(Problem.of(
                                    ProblemType.UNAVAILABLE,
                                    "the cluster cannot take the change now; look before trying again")
                            .withRetryAfter(Duration.ofSeconds(5))));
                })
                .mapEmpty();
    }

    private static void refuse(HttpServerRequest request, Throwable failure) {
        Problem problem = problem(failure);
        if (problem.status() == 401) {
            request.response().putHeader("www-authenticate", "Bearer");
        }
        problem.send(request.response()).onFailure(gone -> LOGGER.atTrace().log("the client is gone"));
        // What is left of the body is dropped; who is slow with it is cut off as idle.
        request.resume();
    }

    private static Problem problem(Throwable failure) {
        if (failure instanceof RefusedException refused) {
            return refused.problem();
        }
        if (failure instanceof TokenException token) {
            return token.reason() == TokenException.Reason.UNVERIFIABLE
                    ? Problem.of(ProblemType.UNVERIFIABLE, "tokens cannot be verified now")
                            .withRetryAfter(Duration.ofSeconds(5))
                    : Problem.of(ProblemType.UNAUTHORIZED, "the token was not accepted");
        }
        LOGGER.atError().setCause(failure).log("changing the flags failed");
        return Problem.of(ProblemType.INTERNAL_ERROR, "something went wrong on the server");
    }
}

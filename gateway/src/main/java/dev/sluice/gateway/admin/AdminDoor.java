// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.admin;

import dev.sluice.gateway.admission.ClientAddresses;
import dev.sluice.stream.auth.BearerTokens;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.auth.TokenException;
import dev.sluice.stream.auth.TokenVerifier;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets operators in: who has a token with {@code realtime:admin}, which holds for the whole cluster, with or without an {@code org}. What they do is
 * written to the audit log, and what others try with a token that is valid but not theirs. Shared by all event loops.
 */
public final class AdminDoor {

    private static final Logger LOGGER = LoggerFactory.getLogger(AdminDoor.class);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final int OK = 200;

    private final TokenVerifier verifier;
    private final ClientAddresses addresses;

    /** A door; {@code addresses} says from where somebody comes. */
    public AdminDoor(TokenVerifier verifier, ClientAddresses addresses) {
        this.verifier = verifier;
        this.addresses = addresses;
    }

    /** Answers a request to look at something, with what {@code shown} has then; that may refuse as {@link #act} may. Not audited. */
    public void show(RoutingContext routing, Supplier<Future<JsonObject>> shown) {
        HttpServerRequest request = routing.request();
        verify(request)
                .compose(AdminDoor::admit)
                .compose(admin -> here(routing, shown.get()))
                .onSuccess(json -> answer(request, OK, json))
                .onFailure(failure -> refuse(request, failure));
    }

    /**
     * Answers a request to do something.
     *
     * @param name of the action in the audit log
     * @param work gets the action and the body, answers with what is sent back; refuses with {@link RefusedException}, and when the cluster does
     *     not take it fails with anything else
     */
    public void act(RoutingContext routing, String name, BiFunction<AdminAction, Buffer, Future<JsonObject>> work) {
        act(routing, name, OK, work);
    }

    /** The same with another status than 200 when it is done. */
    public void act(
            RoutingContext routing, String name, int status, BiFunction<AdminAction, Buffer, Future<JsonObject>> work) {
        HttpServerRequest request = routing.request();
        // In the first turn, or its beginning would be lost while the token is verified.
        SmallBody body = new SmallBody(routing.vertx(), request);
        verify(request)
                .compose(claims -> {
                    AdminAction action = new AdminAction(name, claims, addresses.exact(request));
                    return admit(claims)
                            .compose(admin -> body.read())
                            .compose(read -> here(routing, work.apply(action, read)))
                            .recover(AdminDoor::unavailable)
                            .onSuccess(done -> action.done())
                            .onFailure(failure -> note(action, problem(failure)));
                })
                .onSuccess(answer -> answer(request, status, answer))
                .onFailure(failure -> refuse(request, failure));
    }

    private static void note(AdminAction action, Problem problem) {
        if (problem.status() < 500) {
            action.refused(problem.code());
        } else {
            action.failed(problem.code());
        }
    }

    private Future<Claims> verify(HttpServerRequest request) {
        Optional<String> token = BearerTokens.from(request);
        return token.isPresent()
                ? verifier.verify(token.get())
                : Future.failedFuture(new RefusedException(
                        Problem.of(ProblemType.UNAUTHORIZED, "a token with the scope realtime:admin is needed")));
    }

    private static Future<Claims> admit(Claims claims) {
        return claims.has(Scope.ADMIN)
                ? Future.succeededFuture(claims)
                : Future.failedFuture(new RefusedException(
                        Problem.of(ProblemType.FORBIDDEN, "the token needs the scope realtime:admin")));
    }

    private static Future<JsonObject> unavailable(Throwable failure) {
        if (failure instanceof RefusedException) {
            return Future.failedFuture(failure);
        }
        LOGGER.atWarn().addKeyValue("cause", failure.toString()).log("the cluster did not take what an operator did");
        return Future.failedFuture(new RefusedException(
                Problem.of(ProblemType.UNAVAILABLE, "the cluster cannot take the change now; look before trying again")
                        .withRetryAfter(RETRY)));
    }

    /** Back on the request's context, for other nodes' answers come on any thread. */
    private static <T> Future<T> here(RoutingContext routing, Future<T> future) {
        Context context = routing.vertx().getOrCreateContext();
        Promise<T> promise = Promise.promise();
        future.onComplete(result -> context.runOnContext(nothing -> promise.handle(result)));
        return promise.future();
    }

    private static void answer(HttpServerRequest request, int status, JsonObject json) {
        request.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(json.toBuffer())
                .onFailure(gone -> LOGGER.atTrace().log("the client is gone"));
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
                            .withRetryAfter(RETRY)
                    : Problem.of(ProblemType.UNAUTHORIZED, "the token was not accepted");
        }
        LOGGER.atError().setCause(failure).log("an operator's request failed");
        return Problem.of(ProblemType.INTERNAL_ERROR, "something went wrong on the server");
    }
}

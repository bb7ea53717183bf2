// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import dev.sluice.publisher.EventPublisher;
import dev.sluice.publisher.PublisherHttpOptions;
import dev.sluice.publisher.PublisherMetrics;
import dev.sluice.publisher.PublisherOptions;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.TokenVerifier;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.trace.TraceContext;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * What every HTTP route that publishes has in common: a token with {@code realtime:publish}, a body within limits, errors as
 * problem+json that tell nothing of the inside. Shared by all event loops.
 */
public final class PublishEndpoints {

    private final TokenGate gate;
    private final BodyBudget budget;
    private final PublisherHttpOptions options;
    private final PublisherMetrics metrics;

    /** For all routes of a process together, for they share a limit of bytes. */
    public PublishEndpoints(TokenVerifier verifier, PublisherOptions options, PublisherMetrics metrics) {
        this.gate = new TokenGate(verifier);
        this.options = options.http();
        this.budget = new BodyBudget(this.options.maxBodyBytes(), options.fairness());
        this.metrics = metrics;
    }

    /**
     * A request that was let in.
     *
     * @param vertx whose loop it is on
     * @param claims of a token that may publish
     * @param http its head
     * @param body its body, read to the end
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Request(Vertx vertx, Claims claims, HttpServerRequest http, byte[] body) {

        /** The trace that the request belongs to; empty, too, where the publisher traces nothing. */
        public Optional<TraceContext> caller(EventPublisher publisher) {
            return publisher.isTracing()
                    ? TraceContext.parse(http.getHeader(TraceContext.TRACEPARENT))
                    : Optional.empty();
        }
    }

    /**
     * The answer when all went well.
     *
     * @param status 200 or 201
     * @param body what it says
     */
    public record Answer(int status, JsonObject body) {}

    /** What a route does. */
    @FunctionalInterface
    public interface Action {

        /**
         * Answers a request; on its context.
         *
         * @return may fail with {@link RefusedException} or whatever {@link PublishProblems} knows, and may throw the same
         */
        Future<Answer> answer(Request request);
    }

    /**
     * A handler for a route; to be mounted before any body handler, for it reads the body itself.
     *
     * @param door names the route in the metrics
     * @param bodyLimit the most bytes that a request may have; may throw {@link RefusedException} when its head is wrong
     */
    public Handler<RoutingContext> endpoint(String door, ToIntFunction<HttpServerRequest> bodyLimit, Action action) {
        metrics.door(door);
        return routing -> {
            HttpServerRequest request = routing.request();
            RequestBody body = new RequestBody(routing.vertx(), request, budget, options, metrics);
            Future.succeededFuture()
                    .compose(nothing -> gate.admit(request))
                    .compose(claims -> body.read(claims.org(), bodyLimit.applyAsInt(request))
                            .compose(bytes -> action.answer(new Request(routing.vertx(), claims, request, bytes))))
                    .map(answer -> success(request.response(), answer))
                    .otherwise(failure -> refusal(request.response(), failure))
                    .onSuccess(reply -> {
                        metrics.answered(door, reply.status());
                        reply.send().run();
                        body.dispose();
                    });
        };
    }

    /** What goes out, counted before it does. */
    private record Reply(int status, Runnable send) {}

    private static Reply success(HttpServerResponse response, Answer answer) {
        return new Reply(answer.status(), () -> {
            if (!response.ended() && !response.closed()) {
                response.setStatusCode(answer.status())
                        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                        .end(answer.body().toBuffer());
            }
        });
    }

    private static Reply refusal(HttpServerResponse response, Throwable failure) {
        Problem problem = PublishProblems.of(failure);
        return new Reply(problem.status(), () -> {
            if (failure instanceof RefusedException refused) {
                refused.challenge().ifPresent(challenge -> response.putHeader("www-authenticate", challenge));
            }
            problem.send(response);
        });
    }
}

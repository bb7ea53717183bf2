// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import dev.sluice.publisher.OrgShares.Outcome;
import dev.sluice.publisher.PublisherHttpOptions;
import dev.sluice.publisher.PublisherMetrics;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.Optional;

/**
 * The body of one request: held back until somebody wants it, then read within limits of size and time, at last got rid of. Confined to
 * the request's context.
 *
 * <p>It must be made in the handler's first turn, before anything asynchronous, or the beginning of the body would be lost.
 */
final class RequestBody {

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final BodyBudget budget;
    private final PublisherHttpOptions options;
    private final PublisherMetrics metrics;
    private final Buffer received = Buffer.buffer();
    private final Promise<byte[]> whole = Promise.promise();
    private Optional<String> org = Optional.empty();
    private long taken;
    private long timer = -1;

    RequestBody(
            Vertx vertx,
            HttpServerRequest request,
            BodyBudget budget,
            PublisherHttpOptions options,
            PublisherMetrics metrics) {
        this.vertx = vertx;
        this.request = request;
        this.budget = budget;
        this.options = options;
        this.metrics = metrics;
        request.pause();
    }

    /**
     * Reads it to its end; once.
     *
     * @param payer the org whose share of what is read at a time it comes out of
     * @param limit the most bytes
     * @return fails with {@link RefusedException}
     */
    Future<byte[]> read(Optional<String> payer, int limit) {
        long announced = announced();
        if (announced > limit) {
            throw tooLarge(limit);
        }
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new RefusedException(Problem.of(
                    ProblemType.UNSUPPORTED_MEDIA_TYPE,
                    "a body with a Content-Encoding is not understood: send it plain"));
        }
        long wanted = announced < 0 ? limit : announced;
        Outcome outcome = budget.take(payer, wanted);
        if (outcome == Outcome.ORG_FULL) {
            payer.ifPresent(metrics::orgBusy);
        }
        if (outcome != Outcome.TAKEN) {
            throw busy(outcome);
        }
        org = payer;
        taken = wanted;
        answerExpectation();
        receive(limit);
        return whole.future();
    }

    private static RefusedException busy(Outcome outcome) {
        Problem problem = outcome == Outcome.ORG_FULL
                ? Problem.of(
                        ProblemType.ORG_BUSY, "too many requests of the organisation are being read: try again later")
                : Problem.of(ProblemType.BUSY, "too many requests are being read: try again later");
        return new RefusedException(problem.withRetryAfter(Duration.ofSeconds(1)));
    }

    private long announced() {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? -1 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            throw new RefusedException(Problem.of(ProblemType.MALFORMED, "Content-Length is not a number"));
        }
    }

    /** A client that asks before it sends a large body is told to go on only now, when nothing speaks against it. */
    private void answerExpectation() {
        String expectation = request.getHeader(HttpHeaders.EXPECT);
        if (expectation == null || request.version() == HttpVersion.HTTP_1_0) {
            return;
        }
        if (!expectation.equalsIgnoreCase("100-continue")) {
            throw new RefusedException(
                    Problem.of(ProblemType.EXPECTATION_FAILED, "the only expectation understood is 100-continue"));
        }
        request.response().writeContinue();
    }

    private void receive(int limit) {
        timer = vertx.setTimer(
                options.bodyTimeout().toMillis(),
                id -> fail(Problem.of(ProblemType.TIMEOUT, "the body did not arrive in time")));
        request.exceptionHandler(failure -> fail(Problem.of(ProblemType.MALFORMED, "the body broke off")));
        request.handler(chunk -> {
            if (received.length() + chunk.length() > limit) {
                whole.tryFail(tooLarge(limit));
                request.handler(rest -> {});
            } else {
                received.appendBuffer(chunk);
            }
        });
        request.endHandler(end -> whole.tryComplete(received.getBytes()));
        request.resume();
    }

    private void fail(Problem problem) {
        whole.tryFail(new RefusedException(problem));
    }

    private static RefusedException tooLarge(int limit) {
        return new RefusedException(
                Problem.of(ProblemType.TOO_LARGE, "the body is larger than " + limit + " bytes, which is the limit"));
    }

    /**
     * To be called when the answer was given. What was not read is read and dropped for a while: a connection closed while a client still
     * sends would be reset, and the client would never see the answer.
     */
    void dispose() {
        vertx.cancelTimer(timer);
        budget.giveBack(org, taken);
        taken = 0;
        if (request.isEnded()) {
            return;
        }
        long patience = vertx.setTimer(options.bodyTimeout().toMillis(), id -> cutOff());
        request.exceptionHandler(failure -> vertx.cancelTimer(patience));
        request.handler(rest -> {});
        request.endHandler(end -> vertx.cancelTimer(patience));
        request.resume();
    }

    private void cutOff() {
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset();
        } else {
            request.connection().close();
        }
    }
}

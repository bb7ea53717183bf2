// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport.http;

import dev.sluice.gateway.session.CloseReason;
import dev.sluice.gateway.session.Closing;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;

/** What a WebSocket would be told by a close code, as the status of a response that has not begun. */
final class Refusal {

    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final Duration LONG_RETRY = Duration.ofSeconds(30);

    private Refusal() {}

    static void send(Closing closing, HttpServerResponse response) {
        Problem problem = problem(closing);
        if (problem.status() == 401) {
            response.putHeader("www-authenticate", "Bearer");
        }
        response.putHeader("cache-control", "no-store");
        problem.send(response).onFailure(gone -> {}); // the close handler tells the session
    }

    static Problem problem(Closing closing) {
        CloseReason reason = closing.reason();
        Problem problem = Problem.of(type(reason), closing.message());
        for (String member : closing.details().fieldNames()) {
            problem = problem.with(member, closing.details().getValue(member));
        }
        problem = problem.with("closeCode", reason.code());
        return switch (problem.status()) {
            case 429 -> problem.withRetryAfter(LONG_RETRY);
            case 503 -> problem.withRetryAfter(RETRY);
            default -> problem;
        };
    }

    private static ProblemType type(CloseReason reason) {
        return switch (reason) {
            case TOKEN_EXPIRED -> ProblemType.TOKEN_EXPIRED;
            case UNAUTHORIZED -> ProblemType.UNAUTHORIZED;
            case FORBIDDEN -> ProblemType.FORBIDDEN;
            case PROTOCOL_ERROR -> ProblemType.PROTOCOL_ERROR;
            case MESSAGE_TOO_LARGE -> ProblemType.MESSAGE_TOO_LARGE;
            case RATE_LIMITED -> ProblemType.RATE_LIMITED;
            case TOO_MANY_CONNECTIONS -> ProblemType.TOO_MANY_CONNECTIONS;
            case INTERNAL_ERROR -> ProblemType.INTERNAL_ERROR;
            case GOING_AWAY -> ProblemType.GOING_AWAY;
            case HANDSHAKE_TIMEOUT -> ProblemType.HANDSHAKE_TIMEOUT;
            case SLOW_CONSUMER -> ProblemType.SLOW_CONSUMER;
            case DRAINING -> ProblemType.DRAINING;
            case OVERLOADED -> ProblemType.OVERLOADED;
            case UNRESPONSIVE -> ProblemType.UNRESPONSIVE;
            // Nobody is there to read it.
            case ANSWERED, CLIENT_GONE -> ProblemType.UNAVAILABLE;
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport.http;

import dev.sluice.gateway.session.CloseReason;
import dev.sluice.gateway.session.Closing;
import dev.sluice.stream.http.Problem;
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
        Problem problem = Problem.of(status(reason), reason.wire(), closing.message());
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

    private static int status(CloseReason reason) {
        return switch (reason) {
            case TOKEN_EXPIRED, UNAUTHORIZED -> 401;
            case FORBIDDEN -> 403;
            case PROTOCOL_ERROR -> 400;
            case MESSAGE_TOO_LARGE -> 413;
            case RATE_LIMITED, TOO_MANY_CONNECTIONS -> 429;
            case INTERNAL_ERROR -> 500;
            case GOING_AWAY,
                    HANDSHAKE_TIMEOUT,
                    SLOW_CONSUMER,
                    DRAINING,
                    OVERLOADED,
                    UNRESPONSIVE,
                    ANSWERED,
                    CLIENT_GONE -> 503;
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport.http;

import dev.sluice.gateway.admission.ClientAddresses;
import dev.sluice.gateway.admission.CrossOrigin;
import dev.sluice.gateway.session.QueryHandshake;
import dev.sluice.gateway.session.Session;
import dev.sluice.gateway.session.SessionLoop;
import dev.sluice.gateway.session.SessionOptions;
import dev.sluice.gateway.session.SessionOutput;
import dev.sluice.gateway.session.Transport;
import dev.sluice.gateway.transport.Doorman;
import dev.sluice.stream.auth.BearerTokens;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /v2/realtime/sse} and {@code GET /v2/realtime/poll} (PROTOCOL section 5): the doors for clients that cannot keep a WebSocket.
 * One for each event loop.
 */
public final class FallbackTransport {

    /** Server-sent events. */
    public static final String SSE_PATH = "/v2/realtime/sse";

    /** Long polls. */
    public static final String POLL_PATH = "/v2/realtime/poll";

    private static final Logger LOGGER = LoggerFactory.getLogger(FallbackTransport.class);

    /** How long a poll may wait for its streams when its own time is over. */
    private static final long ATTACH_GRACE_MS = 10_000;

    private static final int MAX_DIGITS = 9;

    private final Vertx vertx;
    private final SessionLoop loop;
    private final Doorman doorman;
    private final CrossOrigin crossOrigin;
    private final ClientAddresses addresses;
    private final SessionOptions options;
    private final FallbackOptions fallback;
    private final Supplier<JsonObject> flags;

    /**
     * Doors to the sessions of the given loop.
     *
     * @param flags the feature flags of now
     */
    public FallbackTransport(
            Vertx vertx,
            SessionLoop loop,
            Doorman doorman,
            ClientAddresses addresses,
            SessionOptions options,
            FallbackOptions fallback,
            Supplier<JsonObject> flags) {
        this.vertx = vertx;
        this.loop = loop;
        this.doorman = doorman;
        this.crossOrigin = new CrossOrigin(doorman.origins());
        this.addresses = addresses;
        this.options = options;
        this.fallback = fallback;
        this.flags = flags;
    }

    /** Whether a path is one of its doors. */
    public static boolean handles(String path) {
        return SSE_PATH.equals(path) || POLL_PATH.equals(path);
    }

    /** Takes a request to one of them. */
    public void handle(HttpServerRequest request) {
        if (crossOrigin.answersPreflight(request)) {
            return;
        }
        crossOrigin.mark(request);
        boolean poll = POLL_PATH.equals(request.path());
        Optional<String> address = addresses.of(request);
        Optional<Problem> refusal =
                malformed(request, poll).or(() -> doorman.refusal(request, transport(poll), address));
        if (refusal.isPresent()) {
            request.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
            refusal.get().send(request.response()).onFailure(FallbackTransport::gone);
        } else if (poll) {
            poll(request, address);
        } else {
            stream(request, address);
        }
    }

    private static Transport transport(boolean poll) {
        return poll ? Transport.POLL : Transport.SSE;
    }

    private Optional<Problem> malformed(HttpServerRequest request, boolean poll) {
        if (!HttpMethod.GET.equals(request.method())) {
            request.response().putHeader(HttpHeaders.ALLOW, "GET, OPTIONS");
            return Optional.of(Problem.of(ProblemType.METHOD_NOT_ALLOWED, "this path has GET only"));
        }
        if (request.getParam("services") == null) {
            return Optional.of(Problem.of(ProblemType.MALFORMED, "'services' is needed: names with commas between")
                    .withAttribute("services"));
        }
        if (poll && timeoutMs(request).isEmpty()) {
            return Optional.of(Problem.of(ProblemType.MALFORMED, "'timeoutMs' must be a whole number of milliseconds")
                    .withAttribute("timeoutMs"));
        }
        return Optional.empty();
    }

    /** Empty when it is no number of milliseconds. */
    private OptionalLong timeoutMs(HttpServerRequest request) {
        String text = request.getParam("timeoutMs");
        if (text == null) {
            return OptionalLong.of(fallback.pollTimeout().toMillis());
        }
        if (text.isEmpty() || text.length() > MAX_DIGITS || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(
                Math.min(Long.parseLong(text), fallback.maxPollTimeout().toMillis()));
    }

    private void stream(HttpServerRequest request, Optional<String> address) {
        SseOutput output = new SseOutput(vertx, request, options, fallback);
        Session session = open(request, output, address);
        output.of(session);
        session.handshakeFromQuery(query(request, Optional.ofNullable(request.getHeader("last-event-id"))));
    }

    private void poll(HttpServerRequest request, Optional<String> address) {
        HttpServerResponse response = request.response();
        if (doorman.gate().isDraining()) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        PollOutput output =
                new PollOutput(vertx, request, options.heartbeat().toMillis(), fallback.maxPollBytes(), flags);
        Session session = open(request, output, address);
        output.of(session);
        long timeout = timeoutMs(request).orElseThrow();
        long expiry = vertx.setTimer(Math.max(1, timeout), id -> output.expire());
        long end = vertx.setTimer(timeout + ATTACH_GRACE_MS, id -> output.giveUp());
        response.endHandler(ended -> {
            vertx.cancelTimer(expiry);
            vertx.cancelTimer(end);
        });
        session.handshakeFromQuery(query(request, Optional.empty()));
    }

    private Session open(HttpServerRequest request, SessionOutput output, Optional<String> address) {
        Session session = loop.open(output, BearerTokens.from(request), address);
        request.response().exceptionHandler(FallbackTransport::gone);
        request.response().closeHandler(closed -> session.onGone());
        return session;
    }

    /** Where a browser was when its connection broke is newer than where it was when it made the address. */
    private static QueryHandshake query(HttpServerRequest request, Optional<String> lastEventId) {
        return new QueryHandshake(
                request.getParam("services"),
                lastEventId.or(() -> Optional.ofNullable(request.getParam("cursor"))),
                Optional.empty());
    }

    private static void gone(Throwable failure) {
        LOGGER.atTrace().addKeyValue("cause", failure.toString()).log("the client is gone");
    }
}

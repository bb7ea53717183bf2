// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.finance;

import dev.sluice.publisher.EventPublisher;
import dev.sluice.publisher.http.PublishEndpoints;
import dev.sluice.publisher.http.PublishEndpoints.Answer;
import dev.sluice.publisher.http.PublishEndpoints.Request;
import dev.sluice.publisher.http.RefusedException;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * {@code POST /finance/revenue} of the sample service. With the header {@code Idempotency-Key} the request may be repeated: the key
 * becomes the revenue's id, and within some minutes the first revenue of that id stands.
 */
public final class FinanceRoutes {

    /** Where revenues go. */
    public static final String PATH = "/finance/revenue";

    private static final String KEY_HEADER = "Idempotency-Key";
    private static final Pattern KEY = Pattern.compile("[!-~]{1,200}");

    private final EventPublisher publisher;
    private final PublishEndpoints endpoints;
    private final RevenueService revenues;
    private final Supplier<String> ids;

    /** With the system's clock and random ids. */
    public FinanceRoutes(EventPublisher publisher, PublishEndpoints endpoints) {
        this(publisher, endpoints, InstantSource.system(), () -> UUID.randomUUID()
                .toString());
    }

    FinanceRoutes(EventPublisher publisher, PublishEndpoints endpoints, InstantSource clock, Supplier<String> ids) {
        this.publisher = publisher;
        this.endpoints = endpoints;
        this.revenues = new RevenueService(publisher, clock);
        this.ids = ids;
    }

    /** Adds the route. */
    public void mount(Router router) {
        router.post(PATH).handler(endpoints.endpoint("finance", FinanceRoutes::bodyLimit, this::create));
    }

    private static int bodyLimit(HttpServerRequest request) {
        String contentType =
                Optional.ofNullable(request.getHeader(HttpHeaders.CONTENT_TYPE)).orElse("");
        if (!contentType.split(";", 2)[0].trim().toLowerCase(Locale.ROOT).equals("application/json")) {
            throw new RefusedException(Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "send application/json"));
        }
        return RevenueRequest.MAX_BYTES;
    }

    private Future<Answer> create(Request request) {
        try {
            RevenueRequest asked = RevenueRequest.parse(request.body());
            String org = org(request.claims(), asked);
            String id = id(request.http());
            return revenues.create(org, id, asked.revenue(), request.caller(publisher))
                    .map(receipt -> created(id, receipt));
        } catch (InvalidFieldException e) {
            throw new RefusedException(
                    Problem.of(ProblemType.MALFORMED, e.getMessage()).withAttribute(e.field()));
        }
    }

    private static String org(Claims claims, RevenueRequest asked) {
        if (!claims.allowsService(RevenueService.SERVICE)) {
            throw new RefusedException(Problem.of(
                    ProblemType.FORBIDDEN, "the token does not cover the service '" + RevenueService.SERVICE + "'"));
        }
        if (claims.org().isPresent() && asked.org().isPresent() && !claims.org().equals(asked.org())) {
            throw new RefusedException(
                    Problem.of(ProblemType.FORBIDDEN, "'org' is another than the token's: leave it out")
                            .withAttribute("org"));
        }
        return claims.org()
                .or(asked::org)
                .filter(StreamKey::isOrg)
                .orElseThrow(() -> new InvalidFieldException("org", "is required, for the token names none"));
    }

    private String id(HttpServerRequest http) {
        String key = http.getHeader(KEY_HEADER);
        if (key == null) {
            return ids.get();
        }
        if (!KEY.matcher(key).matches()) {
            throw new InvalidFieldException(KEY_HEADER, "must have 1 to 200 visible ASCII characters");
        }
        return key;
    }

    private static Answer created(String id, Receipt receipt) {
        return new Answer(
                201,
                new JsonObject()
                        .put("revenueId", id)
                        .put("epoch", receipt.position().epoch())
                        .put("seq", receipt.position().seq())
                        .put("duplicate", receipt.duplicate()));
    }
}

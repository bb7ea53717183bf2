// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import dev.sluice.publisher.EventPublisher;
import dev.sluice.publisher.PartialPublishException;
import dev.sluice.publisher.http.PublishEndpoints.Answer;
import dev.sluice.publisher.http.PublishEndpoints.Request;
import dev.sluice.stream.Event;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Optional;

/**
 * {@code POST /v2/realtime/events}: CloudEvents in, positions out (PROTOCOL section 6). Everything is checked before anything is published.
 * Shared by all event loops.
 */
public final class IngestRoutes {

    /** Where events go. */
    public static final String PATH = "/v2/realtime/events";

    private final EventPublisher publisher;
    private final PublishEndpoints endpoints;

    /** Publishes with {@code publisher} what {@code endpoints} let in. */
    public IngestRoutes(EventPublisher publisher, PublishEndpoints endpoints) {
        this.publisher = publisher;
        this.endpoints = endpoints;
    }

    /** Adds the route. */
    public void mount(Router router) {
        router.post(PATH)
                .handler(endpoints.endpoint(
                        "events", request -> ContentMode.of(request.headers()).maxBodyBytes(), this::publish));
    }

    private Future<Answer> publish(Request request) {
        return read(request).compose(events -> publisher
                .submitAll(events, request.caller(publisher))
                .map(receipts -> new Answer(
                        200,
                        new JsonObject()
                                .put(
                                        "results",
                                        results(
                                                events,
                                                receipts.stream()
                                                        .map(Optional::of)
                                                        .toList()))))
                .recover(failure -> Future.failedFuture(withResults(events, failure))));
    }

    private static Future<List<Event>> read(Request request) {
        String org = request.claims().org().orElse(null);
        Claims claims = request.claims();
        return switch (ContentMode.of(request.http().headers())) {
            case STRUCTURED -> one(EventParser.parse(request.body(), org, null), claims);
            case BINARY -> one(BinaryEvent.parse(request.http().headers(), request.body(), org), claims);
            case BATCH ->
                BatchCheck.of(
                        request.vertx(),
                        System::nanoTime,
                        request.body(),
                        json -> allowed(EventParser.parse(json, org, null), claims));
        };
    }

    private static Future<List<Event>> one(Event event, Claims claims) {
        return Future.succeededFuture(List.of(allowed(event, claims)));
    }

    /** A token's org and services are the only ones it may publish for. */
    private static Event allowed(Event event, Claims claims) {
        if (claims.org().isPresent() && !claims.org().get().equals(event.key().org())) {
            throw forbidden("org", "the event is for another org than the token");
        }
        if (!claims.allowsService(event.key().service())) {
            throw forbidden(
                    "service",
                    "the token does not cover the service '" + event.key().service() + "'");
        }
        return event;
    }

    private static RefusedException forbidden(String attribute, String detail) {
        return new RefusedException(Problem.of(ProblemType.FORBIDDEN, detail).withAttribute(attribute));
    }

    /** When the streams of a batch ended differently: which events were taken, though to repeat all of them is fine. */
    private static Throwable withResults(List<Event> events, Throwable failure) {
        if (failure instanceof PartialPublishException partial) {
            return new RefusedException(
                    PublishProblems.of(failure).with("results", results(events, partial.receipts())));
        }
        return failure;
    }

    private static JsonArray results(List<Event> events, List<Optional<Receipt>> receipts) {
        JsonArray results = new JsonArray();
        for (int i = 0; i < events.size(); i++) {
            Event event = events.get(i);
            receipts.get(i).ifPresent(receipt -> results.add(result(event, receipt)));
        }
        return results;
    }

    private static JsonObject result(Event event, Receipt receipt) {
        return new JsonObject()
                .put("id", event.id())
                .put("service", event.key().service())
                .put("epoch", receipt.position().epoch())
                .put("seq", receipt.position().seq())
                .put("duplicate", receipt.duplicate());
    }
}

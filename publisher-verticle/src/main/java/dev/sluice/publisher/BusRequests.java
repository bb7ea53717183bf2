// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.Event;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.InvalidEventException;
import dev.sluice.stream.InvalidEventException.Kind;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.log.StreamLimitException;
import dev.sluice.stream.trace.TraceContext;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a CloudEvents JSON on the event bus. The headers {@code org} and {@code service} stand in for attributes that the event lacks;
 * where both are given, they must be the same. Failure codes are those of HTTP.
 */
final class BusRequests implements Handler<Message<Object>> {

    private static final Logger LOGGER = LoggerFactory.getLogger(BusRequests.class);
    private static final String DOOR = "bus";
    private static final int OK = 0;

    private final EventPublisher publisher;
    private final PublisherMetrics metrics;

    BusRequests(EventPublisher publisher, PublisherMetrics metrics) {
        this.publisher = publisher;
        this.metrics = metrics;
        metrics.door(DOOR);
    }

    @Override
    public void handle(Message<Object> message) {
        Event event;
        try {
            event = event(message.headers(), message.body());
        } catch (InvalidEventException e) {
            refuse(message, e);
            return;
        }
        Optional<TraceContext> caller = publisher.isTracing()
                ? TraceContext.parse(message.headers().get(TraceContext.TRACEPARENT))
                : Optional.empty();
        publisher
                .submit(event, caller)
                .onSuccess(receipt -> answer(message, receipt))
                .onFailure(e -> refuse(message, e));
    }

    /** The event of a message; throws {@link InvalidEventException} only. */
    static Event event(MultiMap headers, Object body) {
        String org = headers.get("org");
        String service = headers.get("service");
        Event event = EventParser.parse(json(body), org, service);
        checkSame("org", org, event.key().org());
        checkSame("service", service, event.key().service());
        return event;
    }

    private static byte[] json(Object body) {
        if (body instanceof JsonObject object) {
            return object.toBuffer().getBytes();
        }
        if (body instanceof Buffer buffer) {
            return buffer.getBytes();
        }
        if (body instanceof String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        throw new InvalidEventException(
                Kind.MALFORMED, null, "the body must be a JsonObject, or a String or Buffer with JSON");
    }

    private static void checkSame(String name, String header, String attribute) {
        if (header != null && !header.equals(attribute)) {
            throw new InvalidEventException(
                    Kind.MALFORMED,
                    name,
                    "the header '" + name + "' and the attribute '" + name + "' are not the same");
        }
    }

    private void answer(Message<Object> message, Receipt receipt) {
        metrics.answered(DOOR, OK);
        message.reply(new JsonObject()
                .put("epoch", receipt.position().epoch())
                .put("seq", receipt.position().seq())
                .put("duplicate", receipt.duplicate()));
    }

    private void refuse(Message<Object> message, Throwable failure) {
        int code = code(failure);
        metrics.answered(DOOR, code);
        if (code != 500) {
            message.fail(code, failure.getMessage());
            return;
        }
        LOGGER.atError().setCause(failure).log("a publish over the bus failed in an unexpected way");
        message.fail(code, "something went wrong in the publisher");
    }

    private static int code(Throwable failure) {
        if (failure instanceof InvalidEventException invalid) {
            return invalid.kind() == Kind.TOO_LARGE ? 413 : 400;
        }
        if (failure instanceof PublisherBusyException || failure instanceof StreamLimitException) {
            return 429;
        }
        return failure instanceof PublishUnavailableException ? 503 : 500;
    }
}

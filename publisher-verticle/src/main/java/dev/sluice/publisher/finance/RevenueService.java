// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.finance;

import dev.sluice.publisher.EventPublisher;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.trace.TraceContext;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * Records revenues by publishing them: the part of the sample that any service in the cluster looks like. A real one would write to its
 * database first and publish what it wrote, under the id of the record; then repeating both after a failure does no harm.
 */
final class RevenueService {

    /** The domain of the events, and what a token must cover. */
    static final String SERVICE = "finance";

    private static final URI SOURCE = URI.create("/finance");
    private static final String CREATED = "finance.revenue.created";

    private final EventPublisher publisher;
    private final InstantSource clock;

    RevenueService(EventPublisher publisher, InstantSource clock) {
        this.publisher = publisher;
        this.clock = clock;
    }

    /**
     * Tells the org's subscribers of a revenue.
     *
     * @param revenueId unique within the org; the same again, within some minutes, is recognised and not told twice
     * @param caller the trace of whoever asked for it
     * @return where the event stands, once it is replicated; fails as {@link EventPublisher} does
     */
    Future<Receipt> create(String org, String revenueId, Revenue revenue, Optional<TraceContext> caller) {
        return publisher.submit(EventParser.of(created(org, revenueId, revenue)), caller);
    }

    private CloudEvent created(String org, String revenueId, Revenue revenue) {
        Instant now = clock.instant();
        JsonObject data = new JsonObject()
                .put("revenueId", revenueId)
                .put("amount", revenue.amount().toPlainString())
                .put("currency", revenue.currency().getCurrencyCode());
        revenue.customer().ifPresent(name -> data.put("customer", name));
        data.put("createdAt", now.toEpochMilli());
        return CloudEventBuilder.v1()
                .withId(revenueId)
                .withSource(SOURCE)
                .withType(CREATED)
                .withTime(now.atOffset(ZoneOffset.UTC))
                .withExtension("org", org)
                .withExtension("service", SERVICE)
                .withData("application/json", data.encode().getBytes(StandardCharsets.UTF_8))
                .build();
    }
}

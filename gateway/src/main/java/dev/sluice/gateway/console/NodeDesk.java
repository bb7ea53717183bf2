// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.console;

import dev.sluice.gateway.hub.EventSight;
import dev.sluice.gateway.hub.StreamHub;
import dev.sluice.gateway.session.SessionSurvey;
import dev.sluice.gateway.session.TracedEvent;
import dev.sluice.gateway.session.TracedSession;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Supplier;

/** What this node answers operators, whichever node they asked. Any thread. */
public final class NodeDesk {

    private final Node node;
    private final SessionSurvey sessions;
    private final Supplier<StreamHub> hub;
    private final MeterRegistry meters;

    /**
     * What the desk stands on.
     *
     * @param name the node's, as clients know it
     * @param notReady why it should get no traffic now; empty when it should
     * @param figures what {@code GET /v2/realtime/metrics} says
     * @param drain empties it for good; returns at once
     */
    public record Node(
            String name, Supplier<Optional<String>> notReady, Supplier<JsonObject> figures, Runnable drain) {}

    /** A desk; the hub is asked for when it is needed. */
    public NodeDesk(Node node, SessionSurvey sessions, Supplier<StreamHub> hub, MeterRegistry meters) {
        this.node = node;
        this.sessions = sessions;
        this.hub = hub;
        this.meters = meters;
    }

    /** Answers a question; empty when what it is about is not here. */
    Future<Optional<JsonObject>> answer(Question question) {
        return switch (question.kind()) {
            case OVERVIEW -> Future.succeededFuture(Optional.of(overview()));
            case SESSIONS ->
                sessions.page(question.text(), question.slowOnly(), question.limit())
                        .map(page -> Optional.of(Reports.page(page)));
            case SESSION -> sessions.find(question.text()).map(found -> found.map(Reports::details));
            case DISCONNECT -> sessions.disconnect(question.text()).map(found -> found.map(Reports::session));
            case STREAMS ->
                hub.get().busiest(question.limit()).map(uses -> {
                    JsonArray streams = new JsonArray();
                    uses.forEach(use -> streams.add(Reports.use(use)));
                    return Optional.of(new JsonObject().put("streams", streams));
                });
            case DRAIN -> {
                node.drain().run();
                yield Future.succeededFuture(Optional.of(new JsonObject()));
            }
            case TRACE -> trace(question.event().orElseThrow(), question.limit());
        };
    }

    private Future<Optional<JsonObject>> trace(TracedEvent event, int limit) {
        Future<Optional<EventSight>> sight = hub.get().sight(event.stream(), event.position());
        Future<TracedSession.Page> page = sessions.trace(event, limit);
        return Future.all(sight, page).map(both -> Optional.of(TraceReports.node(sight.result(), page.result())));
    }

    /** Looks for events in the log, beside the event loops. */
    EventFinder finder(Vertx vertx) {
        return new EventFinder(hub.get(), task -> vertx.executeBlocking(task, false));
    }

    private JsonObject overview() {
        Optional<String> notReady = node.notReady().get();
        return new JsonObject()
                .put("name", node.name())
                .put("ready", notReady.isEmpty())
                .put("reason", notReady.orElse(null))
                .put("figures", node.figures().get())
                .put("bytesDelivered", bytesDelivered())
                .put("gapsByReason", gaps())
                .put("breaker", breaker());
    }

    private long bytesDelivered() {
        FunctionCounter bytes = meters.find("sluice.bytes.delivered").functionCounter();
        return bytes == null ? 0 : (long) bytes.count();
    }

    private JsonObject gaps() {
        JsonObject gaps = new JsonObject();
        for (Counter counter : meters.find("sluice.gaps.by.reason").counters()) {
            gaps.put(counter.getId().getTag("reason"), (long) counter.count());
        }
        return gaps;
    }

    /** Of the publisher in this process. */
    private String breaker() {
        Gauge state = meters.find("sluice.publisher.breaker.state").gauge();
        if (state == null) {
            return null;
        }
        return state.value() == 0 ? "closed" : state.value() == 1 ? "half_open" : "open";
    }
}

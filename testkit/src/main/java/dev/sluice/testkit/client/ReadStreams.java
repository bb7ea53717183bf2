// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.client;

import dev.sluice.stream.Position;
import dev.sluice.testkit.history.Entry;
import dev.sluice.testkit.history.History;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How far a subscriber has come in each service; writes down what brought it there. Written on one context, {@link #cursors} read anywhere. */
final class ReadStreams {

    private final String subscriber;
    private final Map<String, Position> cursors = new ConcurrentHashMap<>();

    /** With which the connection of now began. */
    private Map<String, Position> given = Map.of();

    ReadStreams(String subscriber) {
        this.subscriber = subscriber;
    }

    /** The last position of each service. */
    Map<String, Position> cursors() {
        return Map.copyOf(cursors);
    }

    /** A connection begins; the answer is what it is to ask for. */
    Map<String, Position> reconnected() {
        given = cursors();
        return given;
    }

    void subscribed(History history, long connection, JsonObject frame) {
        String service = frame.getString("service");
        Position cursor = given.get(service);
        Boolean recovered = frame.getBoolean("recovered");
        history.append(new Entry.Subscribed(
                now(),
                subscriber,
                connection,
                service,
                cursor,
                frame.getString("epoch"),
                frame.getLong("seq"),
                recovered,
                frame.getString("reason"),
                frame.getLong("replayed")));
        if (cursor == null || !Boolean.TRUE.equals(recovered)) {
            cursors.put(service, new Position(frame.getString("epoch"), frame.getLong("seq")));
        }
    }

    void events(History history, long connection, JsonObject frame) {
        String service = frame.getString("service");
        String epoch = frame.getString("epoch");
        JsonArray events = frame.getJsonArray("events");
        long first = frame.getLong("seq") - events.size() + 1;
        for (int i = 0; i < events.size(); i++) {
            JsonObject event = events.getJsonObject(i);
            history.append(new Entry.Delivered(
                    now(),
                    subscriber,
                    connection,
                    service,
                    epoch,
                    first + i,
                    event.getString("source"),
                    event.getString("id"),
                    event.getString("org")));
        }
        cursors.put(service, new Position(epoch, frame.getLong("seq")));
    }

    void gap(History history, long connection, JsonObject frame) {
        String service = frame.getString("service");
        Position after = new Position(frame.getString("epoch"), frame.getLong("to"));
        history.append(new Entry.Gap(
                now(),
                subscriber,
                connection,
                service,
                after.epoch(),
                frame.getLong("from"),
                after.seq(),
                frame.getString("reason")));
        cursors.put(service, after);
    }

    private static long now() {
        return System.currentTimeMillis();
    }
}

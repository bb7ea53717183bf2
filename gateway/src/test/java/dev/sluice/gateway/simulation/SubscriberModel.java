// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import dev.sluice.stream.Cursor;
import dev.sluice.stream.StreamKey;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * What a client knows of one stream, told frame by frame. Fails as soon as a promise is broken: order (P1), no duplicate (P2), no silent
 * loss (P3); and when an event is not the one that was committed at its place.
 */
public final class SubscriberModel {

    private final StreamKey key;
    private final TestPublisher publisher;
    private final List<String> told = new ArrayList<>();
    private String epoch;
    private long seq;
    private long fence;
    private final boolean earliest;
    private boolean subscribed;
    private boolean gaps;
    private boolean refused;

    /** A client with a cursor at a position, {@code latest} or {@code earliest}. */
    public SubscriberModel(StreamKey key, TestPublisher publisher, Cursor cursor) {
        this.key = key;
        this.publisher = publisher;
        this.earliest = cursor instanceof Cursor.Earliest;
        if (cursor instanceof Cursor.At at) {
            this.epoch = at.position().epoch();
            this.seq = at.position().seq();
        }
    }

    /** A frame came. */
    public void accept(JsonObject frame) {
        if (!key.service().equals(frame.getString("service"))) {
            return;
        }
        told.add(frame.copy().put("events", ids(frame)).encode());
        switch (frame.getString("type")) {
            case "subscribed" -> onSubscribed(frame);
            case "event" -> onEvents(frame);
            case "gap" -> onGap(frame);
            default -> {}
        }
    }

    private void onSubscribed(JsonObject frame) {
        check(!subscribed, "subscribed twice");
        subscribed = true;
        Boolean recovered = frame.getBoolean("recovered");
        fence = frame.getLong("seq");
        if (earliest) {
            check(recovered, "the earliest can always be had");
            epoch = frame.getString("epoch");
            seq = fence - frame.getLong("replayed");
            return;
        }
        if (epoch == null) {
            check(recovered == null, "nothing was asked to be recovered");
        } else if (recovered) {
            check(epoch.equals(frame.getString("epoch")), "recovered in another epoch");
            check(frame.getLong("replayed") == fence - seq, "the wrong count is announced");
            return;
        } else {
            check(frame.getString("reason") != null, "a refusal has a reason");
            refused = true;
        }
        epoch = frame.getString("epoch");
        seq = fence;
    }

    private void onEvents(JsonObject frame) {
        check(subscribed, "an event before 'subscribed'");
        check(epoch.equals(frame.getString("epoch")), "an event of another epoch than " + epoch);
        List<String> ids = ids(frame);
        check(!ids.isEmpty() && ids.size() <= 100, "1 to 100 events");
        check(frame.getLong("seq") - ids.size() == seq, "expected seq " + (seq + 1));
        check(frame.getBoolean("replay", false) == frame.getLong("seq") <= fence, "'replay' up to " + fence);
        for (String id : ids) {
            seq++;
            check(id.equals(publisher.idAt(key, epoch, seq)), "not the event of " + seq);
        }
    }

    private void onGap(JsonObject frame) {
        check(subscribed, "a gap before 'subscribed'");
        gaps = true;
        if (frame.getString("epoch").equals(epoch)) {
            check(frame.getLong("from") == seq + 1, "a gap begins at " + (seq + 1));
            check(frame.getLong("to") >= seq + 1, "a gap has at least one event");
        } else {
            check("epoch_changed".equals(frame.getString("reason")), "another epoch is a reason of its own");
            check(frame.getLong("from") == 1, "an epoch begins at 1");
            epoch = frame.getString("epoch");
            fence = 0;
        }
        seq = frame.getLong("to");
    }

    private static List<String> ids(JsonObject frame) {
        return frame.getJsonArray("events", new JsonArray()).stream()
                .map(event -> ((JsonObject) event).getString("id"))
                .toList();
    }

    private void check(boolean holds, String rule) {
        if (!holds) {
            throw new AssertionError(rule + "; told: " + String.join("\n  ", told));
        }
    }

    /** The epoch that it is in; null before it knows one. */
    public String epoch() {
        return epoch;
    }

    /** The last seq it has. */
    public long seq() {
        return seq;
    }

    /** Whether it is subscribed. */
    public boolean isSubscribed() {
        return subscribed;
    }

    /** Whether it was told of a gap. */
    public boolean hasGaps() {
        return gaps;
    }

    /** Whether its cursor was not honoured. */
    public boolean isRefused() {
        return refused;
    }

    /** All that it was told, for messages. */
    public String told() {
        return String.join("\n  ", told);
    }
}

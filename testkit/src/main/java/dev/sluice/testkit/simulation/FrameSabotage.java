// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.simulation;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.random.RandomGenerator;

/** A gateway that sends wrong frames to one client. */
final class FrameSabotage {

    private final Sabotage sabotage;
    private final RandomGenerator random;
    private JsonObject held;

    FrameSabotage(Sabotage sabotage, RandomGenerator random) {
        this.sabotage = sabotage;
        this.random = random;
    }

    /** What comes to the client in place of the frame. */
    List<JsonObject> distort(JsonObject frame) {
        String type = frame.getString("type");
        return switch (sabotage) {
            case BATCH_TWICE ->
                "event".equals(type) && random.nextInt(10) == 0 ? List.of(frame, frame) : List.of(frame);
            case BATCHES_SWAPPED -> "event".equals(type) ? swapped(frame) : List.of(frame);
            case EPOCH_CHANGE_UNTOLD ->
                "epoch_changed".equals(frame.getString("reason")) && "gap".equals(type) ? List.of() : List.of(frame);
            case CURSOR_REFUSED -> List.of(refused(frame));
            default -> List.of(frame);
        };
    }

    private List<JsonObject> swapped(JsonObject frame) {
        if (held != null) {
            JsonObject before = held;
            held = null;
            return before.getString("service").equals(frame.getString("service"))
                            && before.getString("epoch").equals(frame.getString("epoch"))
                    ? List.of(frame, before)
                    : List.of(before, frame);
        }
        if (random.nextInt(10) == 0) {
            held = frame;
            return List.of();
        }
        return List.of(frame);
    }

    private static JsonObject refused(JsonObject frame) {
        return Boolean.TRUE.equals(frame.getBoolean("recovered"))
                ? frame.copy().put("recovered", false).put("reason", "epoch_changed")
                : frame;
    }
}

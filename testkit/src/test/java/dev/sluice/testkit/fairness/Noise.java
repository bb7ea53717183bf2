// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.fairness;

import dev.sluice.testkit.client.PublishClient;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What one org sends too much of, or what is odd about it. */
enum Noise {
    /** Small events, as many as a hundred quiet orgs send. */
    HUNDRED_SHARES("100 shares", 10, 100 * QuietOrgs.EVENTS_PER_SECOND, 250) {
        @Override
        String data(int number) {
            return "{\"amount\":\"1234.50\"}";
        }
    },
    /** Events of almost the largest size, 6 MB/s of them. */
    LARGE("64 KiB flood", 10, 100, 2) {
        @Override
        String data(int number) {
            return "{\"text\":\"" + "x".repeat(64_000) + "\"}";
        }
    },
    /** What parsers, encoders and deflaters like least of what is let in. */
    POISON("poison", 1, 50, 3) {
        @Override
        String data(int number) {
            return POISONS.get(number % POISONS.size());
        }
    };

    private static final int DEPTH = 90;

    /** Deep at every end of a wide array; all escapes; long numbers and large exponents. */
    private static final List<String> POISONS = List.of(
            "{\"deep\":[" + ("[".repeat(DEPTH) + "]".repeat(DEPTH) + ",").repeat(300) + "0]}",
            "{\"escapes\":\"" + "\\u0001\\uD83D\\uDE00".repeat(3_500) + "\"}",
            "{\"huge\":[" + ("1".repeat(900) + ",1e308,-1e-320,").repeat(60) + "0]}");

    private final String title;
    private final int batch;
    private final int perSecond;
    private final int floodBatch;

    Noise(String title, int batch, int perSecond, int floodBatch) {
        this.title = title;
        this.batch = batch;
        this.perSecond = perSecond;
        this.floodBatch = floodBatch;
    }

    /** The event's data as JSON text, for an object in memory would lose what is odd about it. */
    abstract String data(int number);

    String title() {
        return title;
    }

    int batch() {
        return batch;
    }

    int perSecond() {
        return perSecond;
    }

    /** How many go together when it comes as fast as it is taken: a commit holds several such batches. */
    int floodBatch() {
        return floodBatch;
    }

    String event(String id, int number) {
        String envelope = PublishClient.event("service", id, new JsonObject()).encode();
        return envelope.replace("\"data\":{}", "\"data\":" + data(number));
    }
}

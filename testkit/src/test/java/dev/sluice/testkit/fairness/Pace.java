// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.fairness;

import dev.sluice.testkit.client.PublishClient;
import dev.sluice.testkit.cluster.GatewayProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What both sides of the measurement do. */
final class Pace {

    private Pace() {}

    /** Waits until it is that late; an interrupted thread does not wait. */
    static void await(long due) {
        for (long left = due - System.currentTimeMillis();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = due - System.currentTimeMillis()) {
            LockSupport.parkNanos(left * 1_000_000);
        }
    }

    static HttpResponse<String> send(PublishClient client, GatewayProcess door, JsonObject event) {
        return send(client, door, "application/cloudevents+json", event.encode());
    }

    static HttpResponse<String> send(PublishClient client, GatewayProcess door, List<String> events) {
        return send(client, door, "application/cloudevents-batch+json", "[" + String.join(",", events) + "]");
    }

    static HttpResponse<String> send(PublishClient client, GatewayProcess door, String contentType, String body) {
        try {
            return client.send(door.uri(), contentType, body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many of a batch were taken. */
    static int taken(HttpResponse<String> answer) {
        JsonArray results = new JsonObject(answer.body()).getJsonArray("results");
        return results.size();
    }
}

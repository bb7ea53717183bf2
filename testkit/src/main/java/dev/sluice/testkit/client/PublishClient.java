// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.client;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** Publishes over HTTP (PROTOCOL section 6). Thread-safe. */
public final class PublishClient {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final HttpClient http;
    private final String token;

    /** A client that publishes with the given token. */
    public PublishClient(HttpClient http, String token) {
        this.http = http;
        this.token = token;
    }

    /** A CloudEvent of the given service with some data. */
    public static JsonObject event(String service, String id, JsonObject data) {
        return new JsonObject()
                .put("specversion", "1.0")
                .put("id", id)
                .put("source", "/testkit")
                .put("type", service + ".test")
                .put("service", service)
                .put("datacontenttype", "application/json")
                .put("data", data);
    }

    /**
     * Publishes a batch.
     *
     * @param door where, such as {@code http://127.0.0.1:4000}
     * @return the {@code results} of the answer
     * @throws IOException when the answer is not 200, or none comes; then what became of the events is not known
     */
    public JsonArray publish(URI door, List<JsonObject> events) throws IOException {
        HttpResponse<String> response =
                send(door, "application/cloudevents-batch+json", new JsonArray(events).encode());
        if (response.statusCode() != 200) {
            throw new IOException("publish answered " + response.statusCode() + ": " + response.body());
        }
        return new JsonObject(response.body()).getJsonArray("results");
    }

    /** Sends any body to the publish endpoint and returns the answer as it is. */
    public HttpResponse<String> send(URI door, String contentType, String body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(door.resolve("/v2/realtime/events"))
                .timeout(TIMEOUT)
                .header("Content-Type", contentType)
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}

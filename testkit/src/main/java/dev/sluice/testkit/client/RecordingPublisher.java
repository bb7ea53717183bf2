// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.client;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import dev.sluice.testkit.history.Entry;
import dev.sluice.testkit.history.History;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Publishes one event after the other over HTTP, each again with the same id at any door until it is acknowledged or refused for good, and
 * writes down every attempt and answer. It has no thread of its own: everything happens on one Vert.x context.
 */
public final class RecordingPublisher {

    private static final int OK = 200;
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERROR = 500;

    private final Vertx vertx;
    private final Context context;
    private final HttpClient client;
    private final Plan plan;
    private final long timeoutMs;
    private final SplittableRandom random;
    private final Map<StreamKey, Position> acknowledged = new ConcurrentHashMap<>();
    private volatile boolean running;
    private volatile boolean busy;

    // Only on the context.
    private History history;
    private long published;

    /**
     * What it does.
     *
     * @param name who it is in the history; different in every run, for it makes the ids
     * @param org to which it publishes; its token must be of this org
     * @param token asked for at every attempt
     * @param services to which it publishes, at random
     * @param doors where it can publish, asked for at every attempt; never empty
     * @param everyMs how long it waits after an answer
     */
    public record Plan(
            String name,
            String org,
            Supplier<String> token,
            List<String> services,
            Supplier<List<URI>> doors,
            long everyMs) {}

    /** A publisher that does nothing yet, with the manners of most. */
    public RecordingPublisher(Vertx vertx, Plan plan, History history, long seed) {
        this(vertx, plan, history, seed, Manners.DEFAULT);
    }

    /** A publisher with manners of its own. */
    public RecordingPublisher(Vertx vertx, Plan plan, History history, long seed, Manners manners) {
        this.timeoutMs = manners.publishMs();
        this.vertx = vertx;
        this.plan = plan;
        this.history = history;
        this.random = new SplittableRandom(seed);
        this.context = vertx.getOrCreateContext();
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setTrustOptions(manners.authorities().orElse(null)));
    }

    /** Publishes from now on, and writes it into the history. */
    public void start(History into) {
        running = true;
        busy = true;
        context.runOnContext(v -> {
            history = into;
            next();
        });
    }

    /** Begins no further event; the one under way is tried until it is answered. */
    public void stop() {
        running = false;
    }

    /** Whether an event is under way. */
    public boolean isBusy() {
        return busy;
    }

    /** The last acknowledged position of each stream. */
    public Map<StreamKey, Position> acknowledged() {
        return Map.copyOf(acknowledged);
    }

    private void next() {
        if (!running) {
            busy = false;
            return;
        }
        published++;
        String service = plan.services().get(random.nextInt(plan.services().size()));
        attempt(service, plan.name() + "-" + published);
    }

    private void attempt(String service, String id) {
        String source = "/sluice-testkit/" + plan.name();
        List<URI> doors = plan.doors().get();
        URI door = doors.get(random.nextInt(doors.size()));
        history.append(new Entry.Attempted(now(), plan.name(), plan.org(), service, source, id));
        JsonObject event = PublishClient.event(service, id, new JsonObject().put(Subscriber.SENT_AT, now()))
                .put("source", source)
                .put("org", plan.org());
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(door.resolve("/v2/realtime/events").toString())
                .setTimeout(timeoutMs)
                .putHeader("Content-Type", "application/cloudevents+json")
                .putHeader("Authorization", "Bearer " + plan.token().get());
        client.request(options)
                .compose(request -> request.send(event.encode()))
                .compose(response -> response.body().map(body -> new Answer(response, body)))
                .onSuccess(answer -> answered(answer, service, source, id))
                .onFailure(failure -> unknown(String.valueOf(failure.getMessage()), service, source, id));
    }

    private void answered(Answer answer, String service, String source, String id) {
        int status = answer.response.statusCode();
        if (status == OK) {
            JsonObject result =
                    answer.body.toJsonObject().getJsonArray("results").getJsonObject(0);
            Position position = new Position(result.getString("epoch"), result.getLong("seq"));
            history.append(new Entry.Acknowledged(
                    now(),
                    plan.name(),
                    plan.org(),
                    service,
                    source,
                    id,
                    position.epoch(),
                    position.seq(),
                    result.getBoolean("duplicate", false)));
            acknowledged.put(new StreamKey(plan.org(), service), position);
            later(this::next);
        } else if (status < SERVER_ERROR) {
            String why = status + " " + answer.body;
            history.append(new Entry.Refused(now(), plan.name(), plan.org(), service, source, id, why));
            later(status == TOO_MANY ? () -> attempt(service, id) : this::next);
        } else {
            unknown("HTTP " + status, service, source, id);
        }
    }

    private void unknown(String why, String service, String source, String id) {
        history.append(new Entry.Unknown(now(), plan.name(), plan.org(), service, source, id, why));
        vertx.setTimer(50 + random.nextInt(200), timer -> attempt(service, id));
    }

    private void later(Runnable action) {
        vertx.setTimer(Math.max(1, plan.everyMs()), timer -> action.run());
    }

    private static long now() {
        return System.currentTimeMillis();
    }

    private record Answer(HttpClientResponse response, Buffer body) {}
}

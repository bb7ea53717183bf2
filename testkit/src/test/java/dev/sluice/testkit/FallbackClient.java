// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit;

import dev.sluice.stream.Cursor;
import dev.sluice.stream.CursorVector;
import dev.sluice.stream.Position;
import dev.sluice.testkit.history.Entry;
import dev.sluice.testkit.history.History;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/**
 * A client of the fallbacks, as simple as one can be: its only state is the vector of cursors that the server gave it last, never what it
 * could work out itself. It goes to a random node each time, on a thread of its own, and writes all it sees into a history. For the history it is one
 * connection for ever, so that nothing may be missing between two requests, unless the server says so.
 */
final class FallbackClient {

    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final long PAUSE_MS = 50;

    private final Plan plan;
    private final History history;
    private final Random random;
    private final boolean sse;
    private final Thread thread;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, Position> positions = new ConcurrentSkipListMap<>();
    private final Set<URI> nodes = ConcurrentHashMap.newKeySet();
    private volatile String vector = "";
    private volatile JsonObject flags;
    private volatile boolean stopped;
    private volatile InputStream open;

    /** What it does; {@code gateways} is asked before each request. */
    record Plan(String name, String org, String token, List<String> services, Supplier<List<URI>> gateways) {}

    private FallbackClient(Plan plan, History history, long seed, boolean sse) {
        this.plan = plan;
        this.history = history;
        this.random = new Random(seed);
        this.sse = sse;
        this.thread = new Thread(this::run, plan.name());
        thread.setDaemon(true);
    }

    static FallbackClient sse(Plan plan, History history, long seed) {
        return new FallbackClient(plan, history, seed, true);
    }

    static FallbackClient poll(Plan plan, History history, long seed) {
        return new FallbackClient(plan, history, seed, false);
    }

    void start() {
        history.append(new Entry.Connected(now(), plan.name(), 1, "any", plan.org()));
        thread.start();
    }

    void stop() {
        stopped = true;
        cut();
        thread.interrupt();
        try {
            thread.join(TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the stream that it reads, if it does. */
    private void cut() {
        InputStream stream = open;
        if (stream != null) {
            try {
                stream.close();
            } catch (IOException e) {
                // It is gone, which is what was wanted.
            }
        }
    }

    String org() {
        return plan.org();
    }

    boolean hasPositions() {
        return positions.keySet().containsAll(plan.services());
    }

    Map<String, Position> positions() {
        return new TreeMap<>(positions);
    }

    int nodesSeen() {
        return nodes.size();
    }

    /** The last {@code flags} frame; null when none came. */
    JsonObject flags() {
        return flags;
    }

    private void run() {
        while (!stopped) {
            List<URI> gateways = plan.gateways().get();
            URI gateway = gateways.get(random.nextInt(gateways.size()));
            try {
                if (sse) {
                    stream(gateway);
                } else {
                    poll(gateway);
                }
            } catch (IOException e) {
                // The node is gone, or the connection was cut: on with the next.
                pause();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE_MS + random.nextInt((int) PAUSE_MS));
        } catch (InterruptedException e) {
            stopped = true;
        }
    }

    private HttpRequest.Builder request(URI gateway, String path, String more) {
        return HttpRequest.newBuilder(gateway.resolve(path + "?services=" + String.join(",", plan.services()) + more))
                .header("Authorization", "Bearer " + plan.token())
                .timeout(TIMEOUT);
    }

    private void poll(URI gateway) throws IOException, InterruptedException {
        String cursor = vector.isEmpty() ? "" : "&cursor=" + URLEncoder.encode(vector, StandardCharsets.UTF_8);
        HttpResponse<String> answer = http.send(
                request(gateway, "/v2/realtime/poll", "&timeoutMs=2000" + cursor)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() == 200) {
            nodes.add(gateway);
            JsonObject body = new JsonObject(answer.body());
            body.getJsonArray("frames").forEach(frame -> take((JsonObject) frame));
            follow(body.getString("cursor"));
        } else if (answer.statusCode() == 204) {
            nodes.add(gateway);
            follow(answer.headers().firstValue("Sluice-Cursor").orElse(""));
        } else {
            pause();
        }
    }

    /** Reads a random number of events, then goes elsewhere, or stays until it is cut off. */
    private void stream(URI gateway) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(gateway, "/v2/realtime/sse", "");
        if (!vector.isEmpty()) {
            request.header("Last-Event-ID", vector);
        }
        HttpResponse<InputStream> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = answer.body();
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            open = in;
            if (answer.statusCode() != 200) {
                pause();
                return;
            }
            nodes.add(gateway);
            int left = 5 + random.nextInt(60);
            String id = null;
            String data = null;
            for (String line = lines.readLine(); line != null && left > 0 && !stopped; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    data = line.substring(6);
                } else if (line.isEmpty() && data != null) {
                    take(new JsonObject(data));
                    if (id != null) {
                        follow(id);
                    }
                    id = null;
                    data = null;
                    left--;
                }
            }
        }
    }

    private void follow(String newVector) {
        vector = newVector;
        CursorVector.parse(newVector).forEach((service, cursor) -> {
            if (cursor instanceof Cursor.At at) {
                positions.put(service, at.position());
            }
        });
    }

    private void take(JsonObject frame) {
        switch (frame.getString("type")) {
            case "event" -> events(frame);
            case "subscribed" -> subscribed(frame);
            case "gap" ->
                history.append(new Entry.Gap(
                        now(),
                        plan.name(),
                        1,
                        frame.getString("service"),
                        frame.getString("epoch"),
                        frame.getLong("from"),
                        frame.getLong("to"),
                        frame.getString("reason")));
            case "flags" -> flags = frame;
            default -> {
                // heartbeat, welcome, warning, goaway, error: what follows tells the rest
            }
        }
    }

    private void events(JsonObject frame) {
        JsonArray events = frame.getJsonArray("events");
        long first = frame.getLong("seq") - events.size() + 1;
        for (int i = 0; i < events.size(); i++) {
            JsonObject event = events.getJsonObject(i);
            history.append(new Entry.Delivered(
                    now(),
                    plan.name(),
                    1,
                    frame.getString("service"),
                    frame.getString("epoch"),
                    first + i,
                    event.getString("source"),
                    event.getString("id"),
                    event.getString("org")));
        }
    }

    private void subscribed(JsonObject frame) {
        String service = frame.getString("service");
        history.append(new Entry.Subscribed(
                now(),
                plan.name(),
                1,
                service,
                positions.get(service),
                frame.getString("epoch"),
                frame.getLong("seq"),
                frame.getBoolean("recovered"),
                frame.getString("reason"),
                frame.getLong("replayed")));
    }

    private static long now() {
        return System.currentTimeMillis();
    }
}

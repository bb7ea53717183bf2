// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.interfaces.FrameContract;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a browser's {@code EventSource} does, on a thread of its own: reads events and keeps the last id. */
final class SseClient implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpResponse<InputStream> response;
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private volatile boolean ended;
    private volatile String lastId;
    private volatile String retry;

    /** One event; {@code id} is null when it has none of its own. */
    record Event(String name, String id, JsonObject data) {}

    private SseClient(HttpResponse<InputStream> response) {
        this.response = response;
        Thread reader = new Thread(this::read, "sse-client");
        reader.setDaemon(true);
        reader.start();
    }

    /** Asks, with headers in pairs. */
    static HttpResponse<InputStream> ask(URI uri, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    static SseClient open(URI uri, String... headers) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = ask(uri, headers);
        assertThat(response.statusCode()).isEqualTo(200);
        return new SseClient(response);
    }

    private void read() {
        try (InputStream in = response.body()) {
            List<String> lines = new ArrayList<>();
            StringBuilder line = new StringBuilder();
            byte[] chunk = new byte[8192];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                for (char c : new String(chunk, 0, n, StandardCharsets.ISO_8859_1).toCharArray()) {
                    if (c != '\n') {
                        line.append(c);
                    } else if (!line.isEmpty()) {
                        lines.add(line.toString());
                        line.setLength(0);
                    } else {
                        take(lines);
                        lines.clear();
                    }
                }
            }
        } catch (IOException e) {
            // cut off, which is an end, too
        }
        ended = true;
    }

    private void take(List<String> lines) {
        String name = null;
        String id = null;
        String data = null;
        for (String line : lines) {
            String[] field = line.split(": ", 2);
            switch (field[0]) {
                case "event" -> name = field[1];
                case "id" -> id = field[1];
                case "data" -> {
                    assertThat(data).as("a frame is one line").isNull();
                    data = field[1];
                }
                case "retry" -> retry = field[1];
                case ":" -> {
                    // a comment
                }
                default -> throw new AssertionError(line);
            }
        }
        if (data != null) {
            lastId = id == null ? lastId : id;
            JsonObject frame = new JsonObject(data);
            FrameContract.check(frame);
            assertThat(frame.getString("type")).isEqualTo(name);
            events.add(new Event(name, id, frame));
        }
    }

    String header(String name) {
        return response.headers().firstValue(name).orElse("");
    }

    String retry() {
        return retry;
    }

    String lastId() {
        return lastId;
    }

    List<Event> events() {
        return events;
    }

    Event await1(String name) {
        await().atMost(PATIENCE).until(() -> events.stream().anyMatch(e -> e.name.equals(name)));
        return events.stream().filter(e -> e.name.equals(name)).findFirst().orElseThrow();
    }

    void awaitEnd() {
        await().atMost(PATIENCE).until(() -> ended);
    }

    List<Long> awaitSeqs(int count) {
        await().atMost(PATIENCE).until(() -> seqs().size() >= count);
        return seqs();
    }

    List<Long> seqs() {
        return seqs(events.stream()
                .filter(e -> e.name.equals("event"))
                .map(Event::data)
                .toList());
    }

    /** Of event frames. */
    static List<Long> seqs(List<JsonObject> frames) {
        List<Long> seqs = new ArrayList<>();
        for (JsonObject frame : frames) {
            int size = frame.getJsonArray("events").size();
            for (int i = 1; i <= size; i++) {
                seqs.add(frame.getLong("seq") - size + i);
            }
        }
        return seqs;
    }

    @Override
    public void close() throws IOException {
        response.body().close();
    }
}

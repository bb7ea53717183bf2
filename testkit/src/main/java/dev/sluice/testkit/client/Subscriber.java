// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.client;

import dev.sluice.stream.Position;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A client of one gateway at a time, on the JDK's own WebSocket, that writes down all it receives and checks it while it comes: order
 * (P1), no duplicate (P2), no silent gap (P3). It may move from node to node and takes its cursors along. Thread-safe.
 */
public final class Subscriber implements AutoCloseable {

    /** In an event's data: when it was sent, epoch milliseconds. */
    public static final String SENT_AT = "sentAt";

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final HttpClient http;
    private final String token;
    private final List<String> services;
    private final Map<String, Position> cursors = new TreeMap<>();
    private final List<Delivery> deliveries = new ArrayList<>();
    private final List<JsonObject> frames = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private WebSocket socket;
    private int closeCode;
    private boolean reading = true;
    private long connection;

    /** A subscriber that is not connected yet. */
    public Subscriber(HttpClient http, String token, List<String> services) {
        this.http = http;
        this.token = token;
        this.services = List.copyOf(services);
    }

    /**
     * Connects, resuming from its cursors if it has any, and waits until every service is subscribed.
     *
     * @param gateway such as {@code http://127.0.0.1:4000}
     * @throws IOException when the gateway cannot be reached or refuses
     */
    public void connect(URI gateway) throws IOException {
        long mine;
        synchronized (this) {
            connection++;
            mine = connection;
            closeCode = 0;
            reading = true;
            frames.clear();
        }
        URI uri = URI.create("ws" + gateway.toString().substring("http".length()) + "/v2/realtime/stream");
        try {
            WebSocket opened = http.newWebSocketBuilder()
                    .subprotocols("sluice.v2")
                    .connectTimeout(CONNECT_TIMEOUT)
                    .buildAsync(uri, new Listener(mine))
                    .join();
            synchronized (this) {
                socket = opened;
            }
            opened.sendText(handshake().encode(), true).join();
        } catch (CompletionException e) {
            throw new IOException("cannot connect to " + gateway, e.getCause());
        }
        awaitFrames(CONNECT_TIMEOUT, seen -> count(seen, "subscribed") == services.size());
    }

    private synchronized JsonObject handshake() {
        JsonObject wanted = new JsonObject();
        cursors.forEach((service, cursor) -> wanted.put(
                service, new JsonObject().put("epoch", cursor.epoch()).put("seq", cursor.seq())));
        return new JsonObject()
                .put("type", "handshake")
                .put("token", token)
                .put("services", new JsonArray(services))
                .put("cursors", wanted)
                .put("client", new JsonObject().put("name", "sluice-testkit").put("version", "0.1"));
    }

    /** Sends a frame of the caller's making. */
    public void send(JsonObject frame) {
        current().sendText(frame.encode(), true).join();
    }

    /** Takes no more bytes from the socket until {@link #resumeReading}. */
    public synchronized void stopReading() {
        reading = false;
    }

    /** Reads on. */
    public void resumeReading() {
        synchronized (this) {
            reading = true;
        }
        current().request(1);
    }

    /** Cuts the connection without a close handshake, as a lost network would. */
    public void drop() {
        WebSocket dropped;
        synchronized (this) {
            connection++;
            dropped = socket;
            socket = null;
        }
        if (dropped != null) {
            dropped.abort();
        }
    }

    @Override
    public void close() {
        drop();
    }

    private synchronized WebSocket current() {
        if (socket == null) {
            throw new IllegalStateException("not connected");
        }
        return socket;
    }

    /** All events received so far, in the order in which they came. */
    public synchronized List<Delivery> deliveries() {
        return List.copyOf(deliveries);
    }

    /** How many events were received so far. */
    public synchronized int received() {
        return deliveries.size();
    }

    /** The frames of the current connection that are not events. */
    public synchronized List<JsonObject> frames() {
        return List.copyOf(frames);
    }

    /** What was received against a promise; empty when all was kept. */
    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** The code with which the current connection was closed; 0 while it is open. */
    public synchronized int closeCode() {
        return closeCode;
    }

    /** The last event seen of each service. */
    public synchronized Map<String, Position> cursors() {
        return new TreeMap<>(cursors);
    }

    /** Sets the cursor that the next {@link #connect} resumes from. */
    public synchronized void setCursor(String service, Position cursor) {
        cursors.put(service, cursor);
    }

    /**
     * Waits until the condition holds.
     *
     * @throws AssertionError with what was seen when it does not in time
     */
    public void await(Duration timeout, String what, Predicate<Subscriber> condition) {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (this) {
            while (!condition.test(this)) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new AssertionError("not " + what + " within " + timeout + ": received " + deliveries.size()
                            + " events, frames " + frames + ", close code " + closeCode);
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError("interrupted while waiting: " + what, e);
                }
            }
        }
    }

    /** Waits until so many events were received in all. */
    public void awaitReceived(int count, Duration timeout) {
        await(timeout, "received " + count + " events", subscriber -> subscriber.received() >= count);
    }

    private void awaitFrames(Duration timeout, Predicate<List<JsonObject>> condition) throws IOException {
        await(timeout, "subscribed", subscriber -> subscriber.closeCode() != 0 || condition.test(subscriber.frames()));
        if (closeCode() != 0) {
            throw new IOException("refused with " + closeCode() + ": " + frames());
        }
    }

    private static long count(List<JsonObject> frames, String type) {
        return frames.stream()
                .filter(frame -> type.equals(frame.getString("type")))
                .count();
    }

    private synchronized void onFrame(long from, JsonObject frame) {
        if (from != connection) {
            return;
        }
        switch (frame.getString("type")) {
            case "event" -> onEvents(frame);
            case "subscribed" -> onSubscribed(frame);
            case "gap" -> onGap(frame);
            default -> frames.add(frame);
        }
        notifyAll();
    }

    private void onSubscribed(JsonObject frame) {
        frames.add(frame);
        String service = frame.getString("service");
        Position cursor = cursors.get(service);
        boolean goesOn = frame.getBoolean("recovered", false) && cursor != null;
        if (!goesOn) {
            cursors.put(service, new Position(frame.getString("epoch"), frame.getLong("seq")));
        } else if (!cursor.epoch().equals(frame.getString("epoch"))) {
            violations.add("P3 " + service + ": recovered across epochs, " + cursor + " by " + frame);
        }
    }

    private void onGap(JsonObject frame) {
        frames.add(frame);
        cursors.put(frame.getString("service"), new Position(frame.getString("epoch"), frame.getLong("to")));
    }

    private void onEvents(JsonObject frame) {
        String service = frame.getString("service");
        String epoch = frame.getString("epoch");
        JsonArray events = frame.getJsonArray("events");
        long first = frame.getLong("seq") - events.size() + 1;
        long now = System.currentTimeMillis();
        for (int i = 0; i < events.size(); i++) {
            check(service, epoch, first + i);
            cursors.put(service, new Position(epoch, first + i));
            JsonObject event = events.getJsonObject(i);
            deliveries.add(new Delivery(
                    service,
                    epoch,
                    first + i,
                    event.getString("id"),
                    frame.getBoolean("replay", false),
                    now - sentAt(event, frame)));
        }
    }

    private static long sentAt(JsonObject event, JsonObject frame) {
        return event.getValue("data") instanceof JsonObject data && data.getValue(SENT_AT) instanceof Number sentAt
                ? sentAt.longValue()
                : frame.getLong("timestamp");
    }

    private void check(String service, String epoch, long seq) {
        Position cursor = cursors.get(service);
        if (cursor == null) {
            violations.add("P3 " + service + ": event " + seq + " before 'subscribed'");
        } else if (!cursor.epoch().equals(epoch)) {
            violations.add("P3 " + service + ": epoch " + epoch + " after " + cursor + " without a gap");
        } else if (seq <= cursor.seq()) {
            violations.add("P2 " + service + ": " + seq + " again, after " + cursor);
        } else if (seq != cursor.seq() + 1) {
            violations.add("P3 " + service + ": " + seq + " after " + cursor + " without a gap");
        }
    }

    private synchronized void onClose(long from, int code) {
        if (from == connection) {
            closeCode = code;
            socket = null;
            notifyAll();
        }
    }

    private synchronized boolean mayRead() {
        return reading;
    }

    private final class Listener implements WebSocket.Listener {
        private final long mine;
        private final StringBuilder text = new StringBuilder();

        Listener(long mine) {
            this.mine = mine;
        }

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                onFrame(mine, new JsonObject(text.toString()));
                text.setLength(0);
            }
            if (mayRead()) {
                webSocket.request(1);
            }
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            Subscriber.this.onClose(mine, statusCode);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            Subscriber.this.onClose(mine, 1006);
        }
    }
}

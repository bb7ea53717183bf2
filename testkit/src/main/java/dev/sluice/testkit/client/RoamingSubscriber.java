// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.client;

import dev.sluice.stream.Position;
import dev.sluice.testkit.history.Entry;
import dev.sluice.testkit.history.History;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A subscriber that moves from node to node with its cursors and writes down all it sees. It obeys {@code goaway}, {@code retryAfterMs}
 * and the close codes (PROTOCOL section 4), and leaves a node that says nothing for as long as its {@link Manners} say although it is asked. It has
 * no thread of its own: everything happens on one Vert.x context; {@link #cursors} and {@link #isAttached} may be read from any thread.
 */
public final class RoamingSubscriber {

    private static final long PING_EVERY_MS = 1000;
    private static final long FIRST_BACKOFF_MS = 100;
    private static final long LONGEST_BACKOFF_MS = 2000;
    private static final int BROKEN = 1006;
    private static final int RATE_LIMITED = 4003;
    private static final int TOO_MANY_CONNECTIONS = 4004;
    private static final int DRAINING = 4005;
    private static final int FIRST_FINAL_CODE = 4500;

    private final Vertx vertx;
    private final Context context;
    private final WebSocketClient client;
    private final RoamingPlan plan;
    private final Manners manners;
    private final SplittableRandom random;
    private final ReadStreams read;
    private volatile boolean attached;
    private volatile boolean finished;

    // Only on the context.
    private History history;
    private WebSocket socket;
    private long connection;
    private boolean stopped;
    private boolean mayRoam = true;
    private int subscribed;
    private long backoffMs = FIRST_BACKOFF_MS;
    private long retryAfterMs;
    private long slotMs = -1;
    private long heardAt;

    /** A subscriber that is not connected yet, with the manners of most. */
    public RoamingSubscriber(Vertx vertx, RoamingPlan plan, History history, long seed) {
        this(vertx, plan, history, seed, Manners.DEFAULT);
    }

    /** A subscriber with manners of its own. */
    public RoamingSubscriber(Vertx vertx, RoamingPlan plan, History history, long seed, Manners manners) {
        this.manners = manners;
        this.vertx = vertx;
        this.plan = plan;
        this.read = new ReadStreams(plan.name());
        this.history = history;
        this.random = new SplittableRandom(seed);
        this.context = vertx.getOrCreateContext();
        this.client = vertx.createWebSocketClient(new WebSocketClientOptions()
                .setConnectTimeout(manners.connectMs())
                .setTrustOptions(manners.authorities().orElse(null))
                .setMaxConnections(10));
        context.runOnContext(v -> vertx.setPeriodic(PING_EVERY_MS, id -> watch()));
    }

    /** Connects to a random gateway, and from then on whenever that is needed. */
    public void start() {
        context.runOnContext(v -> connect());
    }

    /** Moves to another gateway, cutting the connection without a word. */
    public void drop() {
        context.runOnContext(v -> leave(0, random.nextInt(200) + 1L));
    }

    /** Stays from now on where it is, unless it is sent away; or roams again. */
    public void setRoaming(boolean roaming) {
        context.runOnContext(v -> {
            mayRoam = roaming;
            roamLater(connection);
        });
    }

    /** Writes into another history from now on, beginning with a new connection. */
    public void continueIn(History next) {
        attached = false;
        context.runOnContext(v -> {
            leave(0, 1);
            history = next;
        });
    }

    /** Leaves for good. */
    public void stop() {
        context.runOnContext(v -> {
            stopped = true;
            leave(0, 0);
        });
    }

    /** Whether all its services are subscribed. */
    public boolean isAttached() {
        return attached;
    }

    /** Whether a gateway sent it away with a code after which a client does not come back. */
    public boolean isFinished() {
        return finished;
    }

    /** The last position of each service. */
    public Map<String, Position> cursors() {
        return new TreeMap<>(read.cursors());
    }

    /** Its org. */
    public String org() {
        return plan.org();
    }

    private void connect() {
        if (stopped || finished || socket != null) {
            return;
        }
        List<URI> gateways = plan.gateways().get();
        URI gateway = gateways.get(random.nextInt(gateways.size()));
        connection++;
        long mine = connection;
        heardAt = System.nanoTime();
        WebSocketConnectOptions options = new WebSocketConnectOptions()
                .setHost(gateway.getHost())
                .setPort(gateway.getPort() < 0 ? ("https".equals(gateway.getScheme()) ? 443 : 80) : gateway.getPort())
                .setSsl("https".equals(gateway.getScheme()))
                .setURI("/v2/realtime/stream")
                .addSubProtocol("sluice.v2")
                .setTimeout(manners.connectMs());
        client.connect(options)
                .onSuccess(opened -> opened(opened, mine, gateway))
                .onFailure(failure -> {
                    if (mine == connection && socket == null && !stopped) {
                        history.append(new Entry.NotConnected(
                                now(), plan.name(), gateway.getAuthority(), String.valueOf(failure.getMessage())));
                        later(backoff());
                    }
                });
    }

    private void opened(WebSocket opened, long mine, URI gateway) {
        if (mine != connection || stopped) {
            opened.close();
            return;
        }
        socket = opened;
        subscribed = 0;
        slotMs = -1;
        Map<String, Position> given = read.reconnected();
        history.append(new Entry.Connected(now(), plan.name(), mine, gateway.getAuthority(), plan.org()));
        opened.textMessageHandler(text -> {
            if (mine == connection) {
                heardAt = System.nanoTime();
                take(new JsonObject(text));
            }
        });
        opened.exceptionHandler(broken -> {
            // The close handler, which follows, says what there is to say.
        });
        opened.closeHandler(v -> closed(mine, opened.closeStatusCode()));
        JsonObject wanted = new JsonObject();
        given.forEach((service, cursor) -> wanted.put(
                service, new JsonObject().put("epoch", cursor.epoch()).put("seq", cursor.seq())));
        send(new JsonObject()
                .put("type", "handshake")
                .put("token", plan.token().get())
                .put("services", new JsonArray(plan.services()))
                .put("cursors", wanted)
                .put("client", new JsonObject().put("name", "sluice-testkit").put("version", "0.1")));
        roamLater(mine);
    }

    /** A failed write is a broken connection, which the close handler or the watch notices. */
    private void send(JsonObject frame) {
        socket.writeTextMessage(frame.encode()).onFailure(broken -> heardAt = Math.min(heardAt, System.nanoTime()));
    }

    private void roamLater(long mine) {
        if (mayRoam && plan.stayMs() > 0 && socket != null) {
            vertx.setTimer(1 + random.nextInt((int) (2 * plan.stayMs())), id -> {
                if (mine == connection && mayRoam) {
                    leave(0, 1 + random.nextInt(500));
                }
            });
        }
    }

    private void watch() {
        if (socket != null) {
            if (System.nanoTime() - heardAt > manners.patience().toNanos()) {
                leave(BROKEN, backoff());
            } else {
                send(new JsonObject().put("type", "ping"));
            }
        }
    }

    private void take(JsonObject frame) {
        switch (frame.getString("type")) {
            case "event" -> read.events(history, connection, frame);
            case "subscribed" -> subscribed(frame);
            case "gap" -> read.gap(history, connection, frame);
            case "goaway" -> {
                slotMs = frame.getLong("reconnectAfterMs", 0L);
                long mine = connection;
                vertx.setTimer(Math.max(1, slotMs), id -> {
                    if (mine == connection) {
                        leave(0, 1);
                    }
                });
            }
            case "error" -> retryAfterMs = frame.getLong("retryAfterMs", retryAfterMs);
            default -> {
                // heartbeat, pong, welcome, warning, flags: that it came is all that matters
            }
        }
    }

    private void subscribed(JsonObject frame) {
        read.subscribed(history, connection, frame);
        subscribed++;
        if (subscribed == plan.services().size()) {
            attached = true;
            backoffMs = FIRST_BACKOFF_MS;
        }
    }

    private void closed(long mine, Short status) {
        if (mine == connection && socket != null) {
            int code = status == null ? BROKEN : status;
            long slot = slotMs;
            over(code);
            if (code >= FIRST_FINAL_CODE && code < 5000) {
                finished = true;
                return;
            }
            later(
                    switch (code) {
                        case RATE_LIMITED -> Math.max(retryAfterMs, backoff());
                        case TOO_MANY_CONNECTIONS -> LONGEST_BACKOFF_MS;
                        case DRAINING, 1001 -> slot >= 0 ? Math.max(1, slot) : backoff();
                        default -> backoff();
                    });
        }
    }

    /** Ends the connection and comes back after a while; 0: not at all. */
    private void leave(int code, long backAfterMs) {
        WebSocket left = socket;
        if (left != null) {
            over(code);
            left.shutdown(1, java.util.concurrent.TimeUnit.MILLISECONDS)
                    .onFailure(broken -> heardAt = Math.min(heardAt, System.nanoTime()));
            if (backAfterMs > 0) {
                later(backAfterMs);
            }
        }
    }

    private void over(int code) {
        attached = false;
        history.append(new Entry.Closed(now(), plan.name(), connection, code));
        socket = null;
        connection++; // what still comes from the old one is not read any more
    }

    private void later(long ms) {
        long mine = connection;
        vertx.setTimer(Math.max(1, ms), id -> {
            if (mine == connection) {
                connect();
            }
        });
    }

    /** Full jitter, doubling. */
    private long backoff() {
        long wait = 1L + random.nextInt((int) backoffMs);
        backoffMs = Math.min(LONGEST_BACKOFF_MS, backoffMs * 2);
        return wait;
    }

    private static long now() {
        return System.currentTimeMillis();
    }
}

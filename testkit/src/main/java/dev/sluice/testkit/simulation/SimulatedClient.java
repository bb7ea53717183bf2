// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.simulation;

import dev.sluice.gateway.session.Session;
import dev.sluice.gateway.simulation.FakeOutput;
import dev.sluice.stream.Position;
import dev.sluice.testkit.history.Entry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A client that comes back with its cursors, to any node, whenever its connection ends. Writes down all that it sees. */
final class SimulatedClient {

    private static final int NOTICE_MS = 5_000;

    private final World world;
    private final String name;
    private final String org;
    private final List<String> services;
    private final boolean fromTheFirst;
    private final FrameSabotage sabotage;
    private final Map<String, Position> positions = new HashMap<>();
    private Line line;
    private long connections;

    SimulatedClient(World world, String name, String org, List<String> services) {
        this.world = world;
        this.name = name;
        this.org = org;
        this.services = services;
        this.fromTheFirst = world.random().nextInt(3) == 0;
        this.sabotage = new FrameSabotage(world.sabotage(), world.random());
    }

    /** Connects to any node that takes it, again and again. */
    void connect() {
        ClusterNode node = world.anyNode();
        if (node.isUp() && line == null) {
            line = new Line(++connections, node);
            line.open();
        } else if (line == null) {
            connectLater(1_000);
        }
    }

    private void connectLater(int withinMs) {
        world.later(1 + world.random().nextInt(withinMs), this::connect);
    }

    /** The connection breaks. */
    void sever() {
        if (line != null) {
            line.sever();
        }
    }

    /** Whether it is at a node that does not answer. */
    boolean isStuck() {
        return line != null && (line.node.isFrozen() || line.node.isCut());
    }

    /** Stops reading after so many frames. */
    void stall(int frames) {
        if (line != null) {
            FakeOutput output = line.output;
            line.onLoop(() -> output.fillAfter(frames));
        }
    }

    /** Reads on. */
    void drain() {
        if (line != null) {
            line.drain();
        }
    }

    /** One connection. */
    private final class Line {
        private final long number;
        private final ClusterNode node;
        private final int life;
        private final int loop = world.random().nextInt(2);
        private final Map<String, Position> given = new HashMap<>(positions);
        private final FakeOutput output = new FakeOutput();
        private Session session;
        private boolean over;

        Line(long number, ClusterNode node) {
            this.number = number;
            this.node = node;
            this.life = node.life();
        }

        void open() {
            world.history().append(new Entry.Connected(now(), name, number, node.name(), org));
            output.onFrame(frame -> {
                if (!over) {
                    sabotage.distort(frame).forEach(this::take);
                }
            });
            output.onClose(code -> world.later(world.delay(), () -> end(code, 3_000)));
            node.onCrash(() -> {
                Line crashed = this;
                output.onFrame(frame -> {});
                world.later(world.random().nextInt(NOTICE_MS), () -> crashed.end(1006, 3_000));
            });
            node.accept(output, loop, opened -> {
                session = opened;
                if (over) {
                    opened.onGone();
                } else {
                    opened.onText(handshake().encode());
                }
            });
        }

        private JsonObject handshake() {
            JsonObject cursors = new JsonObject();
            for (String service : services) {
                Position position = given.get(service);
                if (position != null) {
                    cursors.put(
                            service,
                            new JsonObject().put("epoch", position.epoch()).put("seq", position.seq()));
                } else if (fromTheFirst) {
                    cursors.put(service, "earliest");
                }
            }
            return new JsonObject()
                    .put("type", "handshake")
                    .put("token", World.token(org))
                    .put("services", new JsonArray(services))
                    .put("cursors", cursors);
        }

        void onLoop(Runnable task) {
            node.execute(life, loop, task);
        }

        void drain() {
            onLoop(() -> {
                if (session != null && output.closeCode() == 0 && !over) {
                    output.drain(session);
                }
            });
        }

        void sever() {
            onLoop(() -> {
                if (session != null) {
                    session.onGone();
                }
            });
            end(0, 1_000);
        }

        private void end(int code, int withinMs) {
            if (!over) {
                over = true;
                world.history().append(new Entry.Closed(now(), name, number, code));
                line = null;
                connectLater(withinMs);
            }
        }

        private void take(JsonObject frame) {
            switch (frame.getString("type")) {
                case "subscribed" -> subscribed(frame);
                case "event" -> events(frame);
                case "gap" -> gap(frame);
                default -> {
                    // Nothing is promised of the others.
                }
            }
        }

        private void subscribed(JsonObject frame) {
            String service = frame.getString("service");
            Position cursor = given.get(service);
            Boolean recovered = frame.getBoolean("recovered");
            Position head = new Position(frame.getString("epoch"), frame.getLong("seq"));
            Long replayed = frame.getLong("replayed");
            if (!Boolean.TRUE.equals(recovered)) {
                positions.put(service, head);
            } else if (cursor == null) {
                positions.put(service, new Position(head.epoch(), head.seq() - replayed));
            }
            world.history()
                    .append(new Entry.Subscribed(
                            now(),
                            name,
                            number,
                            service,
                            cursor,
                            head.epoch(),
                            head.seq(),
                            recovered,
                            frame.getString("reason"),
                            replayed));
        }

        private void events(JsonObject frame) {
            String service = frame.getString("service");
            String epoch = frame.getString("epoch");
            JsonArray events = frame.getJsonArray("events");
            long seq = frame.getLong("seq") - events.size();
            for (int i = 0; i < events.size(); i++) {
                JsonObject event = events.getJsonObject(i);
                world.history()
                        .append(new Entry.Delivered(
                                now(),
                                name,
                                number,
                                service,
                                epoch,
                                ++seq,
                                event.getString("source"),
                                event.getString("id"),
                                event.getString("org")));
            }
            positions.put(service, new Position(epoch, seq));
        }

        private void gap(JsonObject frame) {
            String service = frame.getString("service");
            Position to = new Position(frame.getString("epoch"), frame.getLong("to"));
            positions.put(service, to);
            world.history()
                    .append(new Entry.Gap(
                            now(),
                            name,
                            number,
                            service,
                            to.epoch(),
                            frame.getLong("from"),
                            to.seq(),
                            frame.getString("reason")));
        }

        private long now() {
            return world.time().millis();
        }
    }
}

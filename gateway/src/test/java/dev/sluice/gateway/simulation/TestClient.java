// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import dev.sluice.gateway.session.Session;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A client at the other end of a session. What it sends is handled before the call returns. */
public final class TestClient {

    /** The token of Ann of the org acme, good for an hour. */
    public static final String TOKEN = "ann";

    private final Simulation simulation;
    private final FakeOutput output;
    private final Session session;

    private TestClient(Simulation simulation, FakeOutput output, Session session) {
        this.simulation = simulation;
        this.output = output;
        this.session = session;
        simulation
                .verifier()
                .accept(
                        TOKEN,
                        FakeVerifier.reader(
                                "acme", "ann", simulation.time().instant().plus(Duration.ofHours(1))));
    }

    /** A connection that has said nothing yet. */
    public static TestClient connect(Simulation simulation) {
        return connect(simulation, new FakeOutput());
    }

    /** A connection over the given output. */
    public static TestClient connect(Simulation simulation, FakeOutput output) {
        return new TestClient(simulation, output, simulation.node().connect(output));
    }

    /** A connection to the given loop. */
    public static TestClient connect(Simulation simulation, int loop) {
        FakeOutput output = new FakeOutput();
        return new TestClient(simulation, output, simulation.node().connect(output, loop));
    }

    /** A connection that brought a token with its request. */
    public static TestClient connectWithToken(Simulation simulation, String token) {
        FakeOutput output = new FakeOutput();
        return new TestClient(simulation, output, simulation.node().connectWithToken(output, token));
    }

    /** A client that listens to finance from now on. */
    public static TestClient listening(Simulation simulation) {
        return connect(simulation).handshake("finance");
    }

    /** So many users of acme who do, each with a client; they are called by the name and a number. */
    public static List<TestClient> listening(Simulation simulation, String name, int users) {
        List<TestClient> clients = new ArrayList<>();
        for (int i = 0; i < users; i++) {
            simulation.acceptReader(name + i);
            clients.add(connect(simulation).handshakeWith(name + i, "finance"));
        }
        return clients;
    }

    /** Sends a text. */
    public TestClient send(String text) {
        session.onText(text);
        simulation.time().settle();
        return this;
    }

    /** Sends a message. */
    public TestClient send(JsonObject message) {
        return send(message.encode());
    }

    /** Says who it is and what it wants from now on. */
    public TestClient handshake(String... services) {
        return send(message("handshake").put("token", TOKEN).put("services", new JsonArray(List.of(services))));
    }

    /** The same with another token. */
    public TestClient handshakeWith(String token, String... services) {
        return send(message("handshake").put("token", token).put("services", new JsonArray(List.of(services))));
    }

    /** Says who it is and wants one stream from a cursor. */
    public TestClient resume(String service, Object cursor) {
        return send(message("handshake")
                .put("token", TOKEN)
                .put("services", new JsonArray().add(service))
                .put("cursors", new JsonObject().put(service, cursor)));
    }

    /** A message of the type, without fields. */
    public static JsonObject message(String type) {
        return new JsonObject().put("type", type);
    }

    /** A cursor as it stands in messages. */
    public static JsonObject cursor(String epoch, long seq) {
        return new JsonObject().put("epoch", epoch).put("seq", seq);
    }

    /** What it got. */
    public FakeOutput output() {
        return output;
    }

    /** The session. */
    public Session session() {
        return session;
    }

    /** The socket has room again. */
    public TestClient drain() {
        output.drain(session);
        simulation.time().settle();
        return this;
    }
}

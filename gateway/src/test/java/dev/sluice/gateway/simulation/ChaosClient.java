// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import dev.sluice.gateway.session.Session;
import dev.sluice.stream.Cursor;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.LogSlice;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/** A client of one stream that comes back with its cursor whenever its connection ends, as browsers do. */
final class ChaosClient {

    private static final String TOKEN = "somebody";

    private final Simulation simulation;
    private final StreamKey key;
    private final boolean honest;
    private Cursor cursor;
    private int loop;
    private FakeOutput output;
    private Session session;
    private SubscriberModel model;

    ChaosClient(Simulation simulation, int loop, StreamKey key, Cursor cursor) {
        this.simulation = simulation;
        this.key = key;
        this.cursor = cursor;
        this.honest = isHonest(simulation.log().peek(key, 1));
        simulation
                .verifier()
                .accept(
                        TOKEN,
                        FakeVerifier.reader(
                                key.org(), null, simulation.time().instant().plus(Duration.ofDays(2))));
        connect(loop);
    }

    /** Whether the cursor is of an event that the log has accepted. */
    private boolean isHonest(LogSlice now) {
        return !(cursor instanceof Cursor.At at)
                || (at.position().epoch().equals(now.epoch()) && at.position().seq() <= now.head());
    }

    FakeOutput output() {
        return output;
    }

    private void connect(int onLoop) {
        loop = onLoop;
        model = new SubscriberModel(key, simulation.publisher(), cursor);
        SubscriberModel listener = model;
        output = new FakeOutput().onFrame(listener::accept);
        session = simulation.node().connect(output, loop);
        send(request("handshake").put("token", TOKEN));
    }

    private JsonObject request(String type) {
        return TestClient.message(type)
                .put("services", new JsonArray().add(key.service()))
                .put("cursors", new JsonObject().put(key.service(), wire(cursor)));
    }

    private static Object wire(Cursor cursor) {
        return cursor instanceof Cursor.At at
                ? TestClient.cursor(at.position().epoch(), at.position().seq())
                : cursor.text();
    }

    private void send(JsonObject message) {
        Session to = session;
        simulation.node().loop(loop).execute(() -> to.onText(message.encode()));
    }

    void drain(int eventFrames) {
        FakeOutput to = output;
        Session of = session;
        simulation.node().loop(loop).execute(() -> {
            if (to.closeCode() == 0) {
                to.drain(of, eventFrames);
            }
        });
    }

    /** The connection breaks; what is under way on it is lost. */
    void comeBack(int onLoop) {
        Session gone = session;
        output.onFrame(frame -> {});
        simulation.node().loop(loop).execute(gone::onGone);
        remember();
        connect(onLoop);
    }

    void comeBackIfClosed() {
        if (output.closeCode() != 0) {
            comeBack(loop);
        }
    }

    /** Leaves the stream and joins it again with the cursor that it has now. */
    void changeItsMind() {
        if (!model.isSubscribed()) {
            return;
        }
        remember();
        SubscriberModel next = new SubscriberModel(key, simulation.publisher(), cursor);
        FakeOutput to = output;
        Session of = session;
        // What is flushed before it is heard belongs to the old subscription, and the cursor is too old by that.
        simulation.node().loop(loop).execute(() -> {
            if (to.closeCode() != 0) {
                return;
            }
            of.onText(TestClient.message("unsubscribe")
                    .put("services", new JsonArray().add(key.service()))
                    .encode());
            to.onFrame(next::accept);
            of.onText(request("subscribe").encode());
        });
        model = next;
    }

    private void remember() {
        if (model.isSubscribed()) {
            cursor = Cursor.at(model.epoch(), model.seq());
        }
    }

    void checkComplete(boolean lossless) {
        LogSlice now = simulation.log().peek(key, 1);
        check(output.closeCode() == 0, "closed with " + output.closeCode());
        check(model.isSubscribed(), "never subscribed");
        check(now.epoch().equals(model.epoch()), "in epoch " + model.epoch() + " instead of " + now.epoch());
        check(now.head() == model.seq(), "at " + model.seq() + " instead of " + now.head());
        if (lossless) {
            check(!model.hasGaps(), "told of a gap although nothing was lost");
            check(!honest || !model.isRefused(), "not honoured although nothing was lost");
        }
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError("a client of " + key + " is " + otherwise + "\n  " + model.told());
        }
    }
}

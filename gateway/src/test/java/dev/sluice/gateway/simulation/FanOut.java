// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import dev.sluice.gateway.session.Session;
import dev.sluice.gateway.session.SessionLoop;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch;
import dev.sluice.stream.log.ShardVersion;
import io.vertx.core.json.JsonArray;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * One stream and many sessions that follow it, on one loop of a node. From the push to the socket it is all as in the product; the log is
 * not asked, so that nothing else is counted or measured. Not thread-safe.
 */
public final class FanOut {

    private static final StreamKey STREAM = Simulation.FINANCE;

    private final Simulation simulation;
    private final List<CountingOutput> outputs = new ArrayList<>();
    private final String epoch;
    private final ShardVersion before;
    private long seq;
    private long pushes;

    /** So many sessions, all of which take deflated frames, or none. */
    public FanOut(int sessions, boolean deflate) {
        simulation = Simulation.with()
                .session(new SessionLimits().connections(1, sessions, sessions).options())
                .create();
        for (int i = 0; i < sessions; i++) {
            CountingOutput output = new CountingOutput(deflate);
            outputs.add(output);
            join(simulation.node().sessionLoop(0), output, "user-" + i);
        }
        epoch = simulation.log().peek(STREAM, 1).epoch();
        before = simulation.log().version(0).result();
        reset();
    }

    private void join(SessionLoop loop, CountingOutput output, String user) {
        simulation
                .verifier()
                .accept(
                        user,
                        FakeVerifier.reader(
                                STREAM.org(), user, simulation.time().instant().plus(Duration.ofHours(1))));
        Session session = loop.open(output, Optional.empty(), Optional.empty());
        session.onText(TestClient.message("handshake")
                .put("token", user)
                .put("services", new JsonArray().add(STREAM.service()))
                .encode());
        simulation.time().settle();
        if (!session.isAttached()) {
            throw new AssertionError("the session follows nothing");
        }
    }

    /** The next push on its way, of so many events that are all the same; nothing is done with it before {@link #settle}. */
    public void push(byte[] event, int count) {
        push(event, count, seq + 1);
    }

    /** The last event, once more. */
    public void pushAgain(byte[] event) {
        seq--;
        pushes--;
        push(event, 1, seq + 1);
    }

    private void push(byte[] event, int count, long firstSeq) {
        CommittedBatch.Run run = new CommittedBatch.Run(STREAM, epoch, firstSeq, Collections.nCopies(count, event));
        seq += count;
        pushes++;
        ShardVersion version = new ShardVersion(before.incarnation(), before.number() + pushes);
        simulation
                .bus()
                .deliver(new CommittedBatch(0, version, simulation.time().millis(), List.of(run)));
    }

    /** Does all that there is to do. */
    public void settle() {
        simulation.time().settle();
    }

    /** Has every socket count anew. */
    public void reset() {
        outputs.forEach(CountingOutput::reset);
    }

    /** The sockets. */
    public List<CountingOutput> outputs() {
        return outputs;
    }

    /** The value of a counter of the node. */
    public double count(String counter) {
        return simulation.node().count(counter);
    }
}

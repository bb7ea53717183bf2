// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.replay.ReplayBuffer;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A hub in a simulation, and a look at what its feeds hold. */
final class HubFixture {

    private static final int FRAME_BYTES = 1 << 20;

    private final Simulation simulation;

    HubFixture(Simulation simulation) {
        this.simulation = simulation;
    }

    StreamHub hub() {
        return simulation.node().hub();
    }

    /** Attaches; whoever opens the stream first waits for the log. */
    StreamFeed attach(StreamKey key) {
        Future<StreamFeed> feed = hub().attach(key);
        simulation.time().settle();
        assertThat(feed.succeeded()).as("attached at once").isTrue();
        return feed.result();
    }

    void detach(StreamFeed feed) {
        hub().detach(feed);
        simulation.time().settle();
    }

    void deliver(CommittedBatch batch) {
        simulation.bus().deliver(batch);
        simulation.time().settle();
    }

    void publish(StreamKey key, int count) {
        simulation.publisher().publish(key, count);
        simulation.time().settle();
    }

    CommittedBatch commit(StreamKey key, int count) {
        return simulation.publisher().commit(key, count);
    }

    /** The seqs in the buffer, each of which must be the event that was committed there. */
    List<Long> held(StreamFeed feed) {
        ReplayBuffer buffer = feed.buffer();
        List<Long> seqs = new ArrayList<>();
        long seq = buffer.oldest() - 1;
        while (seq < buffer.head()) {
            List<byte[]> events = buffer.range(seq, buffer.head(), FRAME_BYTES).events();
            assertThat(events).as("what a buffer says to hold, it holds").isNotEmpty();
            for (byte[] event : events) {
                seq++;
                assertThat(new JsonObject(new String(event, StandardCharsets.UTF_8)).getString("id"))
                        .as("event %d of epoch %s", seq, buffer.epoch())
                        .isEqualTo(simulation.publisher().idAt(feed.key(), buffer.epoch(), seq));
                seqs.add(seq);
            }
        }
        return seqs;
    }
}

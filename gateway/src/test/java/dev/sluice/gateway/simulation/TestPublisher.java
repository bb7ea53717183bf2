// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import dev.sluice.stream.Event;
import dev.sluice.stream.Position;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.log.CommitResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** One publisher: commits to the log, and pushes if it is asked to. Events of a stream are numbered through, whoever publishes. */
public final class TestPublisher {

    private final SimulatedLog log;
    private final SimulatedBus bus;
    private final Map<StreamKey, Integer> numbers;
    private final Map<Place, String> ids;
    private final UUID publisher = UUID.randomUUID();
    private long commits;
    private int padding;

    private record Place(StreamKey key, Position position) {}

    /** The first publisher. */
    public TestPublisher(SimulatedLog log, SimulatedBus bus) {
        this(log, bus, new HashMap<>(), new HashMap<>());
    }

    private TestPublisher(SimulatedLog log, SimulatedBus bus, Map<StreamKey, Integer> numbers, Map<Place, String> ids) {
        this.log = log;
        this.bus = bus;
        this.numbers = numbers;
        this.ids = ids;
    }

    /** One more publisher to the same streams. */
    public TestPublisher another() {
        return new TestPublisher(log, bus, numbers, ids);
    }

    /** How many characters the data of an event has from now on. */
    public TestPublisher padding(int characters) {
        padding = characters;
        return this;
    }

    /** Commits so many events as one group and pushes it. */
    public void publish(StreamKey key, int count) {
        bus.deliver(commit(key, count));
    }

    /** Commits so many events as one group. What becomes of the push is the caller's business. */
    public CommittedBatch commit(StreamKey key, int count) {
        return commit(key, events(key, count, TestEvents::event));
    }

    /** The same with events that nobody but the log and the push holds on to. */
    public CommittedBatch commitFresh(StreamKey key, int count) {
        return commit(key, events(key, count, TestEvents::fresh));
    }

    private interface Maker {
        Event make(StreamKey key, int number, int padding);
    }

    private List<Event> events(StreamKey key, int count, Maker maker) {
        List<Event> events = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            events.add(maker.make(key, numbers.merge(key, 1, Integer::sum), padding));
        }
        return events;
    }

    private CommittedBatch commit(StreamKey key, List<Event> events) {
        Commit commit = new Commit(key.shard(log.shards()), publisher, ++commits, events);
        CommitResult result = log.commit(commit).result();
        for (int i = 0; i < events.size(); i++) {
            Receipt receipt = result.receipts().get(i).orElseThrow();
            ids.put(new Place(key, receipt.position()), events.get(i).id());
        }
        return CommittedBatch.of(commit, result).orElseThrow();
    }

    /** The id of the event that was committed there, or null. */
    public String idAt(StreamKey key, String epoch, long seq) {
        return ids.get(new Place(key, new Position(epoch, seq)));
    }
}

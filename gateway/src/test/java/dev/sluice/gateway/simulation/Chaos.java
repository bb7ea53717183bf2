// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import dev.sluice.gateway.session.SessionOptions;
import dev.sluice.stream.Cursor;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch;
import dev.sluice.stream.log.LogSlice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One run of everything at once, decided by a seed: publishing, pushes that are lost, doubled and overtaken, a slow log, loops that race,
 * clients that come with any cursor, stall, go and come back. The clients' {@link SubscriberModel models} check each frame as it comes.
 */
public final class Chaos {

    private static final Duration LONG = Duration.ofSeconds(10);

    private final Random random;
    private final boolean lossless;
    private final Simulation simulation;
    private final TestPublisher other;
    private final List<StreamKey> keys = List.of(Simulation.FINANCE, Simulation.STAFF);
    private final List<Runnable> inFlight = new ArrayList<>();
    private final List<ChaosClient> clients = new ArrayList<>();
    private final List<String> epochs = new ArrayList<>();

    /**
     * A run.
     *
     * @param lossless whether the log keeps all; if not, it evicts, forgets streams and loses all its replicas
     */
    public Chaos(long seed, boolean lossless) {
        this.random = new Random(seed);
        this.lossless = lossless;
        SessionOptions session = new SessionLimits()
                .connections(1_000, 1_000, 1_000)
                .slow(100_000, 10)
                .messages(10_000, 10_000)
                .options();
        this.simulation = Simulation.with()
                .seed(seed)
                .sessionLoops(2)
                .shards(1 + random.nextInt(2))
                .logEvents(lossless ? 10_000 : 5 + random.nextInt(60))
                .session(session)
                .hub(Simulation.hubOptions(100, 1 << 20, 4 << 20, 100))
                .create();
        this.other = simulation.publisher().another();
        int worst = random.nextInt(4) == 0 ? 400 : 1 + random.nextInt(20);
        simulation.log().delays(() -> random.nextInt(3) == 0 ? 0 : random.nextInt(worst));
    }

    /** Runs so many steps, then lets everything come to rest and checks that nobody is left behind. */
    public void run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
        }
        comeToRest();
        for (ChaosClient client : clients) {
            client.checkComplete(lossless);
        }
        close();
    }

    private void step() {
        switch (random.nextInt(16)) {
            case 0, 1, 2 -> commit();
            case 3, 4, 5 -> deliverOne();
            case 6, 7, 8, 9 -> race(random.nextInt(12));
            case 10 -> race(random.nextInt(200));
            case 11 -> simulation.time().advanceOnly(random.nextInt(60));
            case 12 -> connect();
            case 13 -> disturbOne();
            case 14 -> disturbTheNode();
            default -> disturbTheLog();
        }
    }

    private void commit() {
        TestPublisher publisher = random.nextBoolean() ? simulation.publisher() : other;
        CommittedBatch batch = publisher.commit(key(), 1 + random.nextInt(8));
        for (SimulatedBus.Registration receiver : simulation.bus().receivers(batch.shard())) {
            int copies =
                    switch (random.nextInt(10)) {
                        case 0, 1 -> 0;
                        case 2 -> 2;
                        default -> 1;
                    };
            for (int i = 0; i < copies; i++) {
                inFlight.add(() -> receiver.handler().accept(batch));
            }
        }
    }

    /** Mostly the oldest; sometimes one that overtakes the others, sometimes none at all for long. */
    private void deliverOne() {
        if (!inFlight.isEmpty()) {
            inFlight.remove(random.nextInt(3) == 0 ? random.nextInt(inFlight.size()) : 0)
                    .run();
        }
    }

    private void race(int tasks) {
        boolean more = true;
        for (int i = 0; i < tasks && more; i++) {
            more = simulation.time().step(random);
        }
    }

    private void connect() {
        if (clients.size() < 8) {
            StreamKey key = key();
            clients.add(new ChaosClient(simulation, random.nextInt(2), key, cursor(key)));
        }
    }

    private Cursor cursor(StreamKey key) {
        LogSlice now = simulation.log().peek(key, 1);
        epochs.add(now.epoch());
        return switch (random.nextInt(8)) {
            case 0, 1 -> Cursor.LATEST;
            case 2 -> Cursor.EARLIEST;
            case 3 -> Cursor.at(now.epoch(), now.head());
            case 4 -> Cursor.at(lossless ? now.epoch() : epochs.get(random.nextInt(epochs.size())), random.nextInt(40));
            default -> Cursor.at(now.epoch(), random.nextLong(now.head() + 1));
        };
    }

    private void disturbOne() {
        if (clients.isEmpty()) {
            return;
        }
        ChaosClient client = clients.get(random.nextInt(clients.size()));
        switch (random.nextInt(6)) {
            case 0, 1 -> client.output().fill();
            case 2 -> client.drain(1 + random.nextInt(3));
            case 3 -> client.drain(Integer.MAX_VALUE);
            case 4 -> client.comeBack(random.nextInt(2));
            default -> client.changeItsMind();
        }
    }

    private void disturbTheNode() {
        switch (random.nextInt(10)) {
            case 0 -> simulation.bus().forgetRegistrations();
            case 1 -> inFlight.clear();
            case 2 -> simulation.time().advance(Duration.ofSeconds(random.nextInt(3)));
            default -> simulation.time().settle();
        }
    }

    private void disturbTheLog() {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> simulation.log().failNext(1 + random.nextInt(4));
            case 3 -> unlessLossless(() -> simulation.log().loseEverything());
            case 4 ->
                unlessLossless(() -> {
                    simulation.time().advanceOnly(Duration.ofMinutes(6).toMillis());
                    simulation.log().sweep();
                });
            default -> race(5);
        }
    }

    private void unlessLossless(Runnable disturbance) {
        if (!lossless) {
            disturbance.run();
        }
    }

    /** No more trouble: within seconds all must be well, though the pushes in flight never come. */
    private void comeToRest() {
        simulation.log().failNext(0);
        simulation.log().delays(() -> 0);
        simulation.time().advance(LONG);
        for (ChaosClient client : clients) {
            client.drain(Integer.MAX_VALUE);
        }
        simulation.time().advance(LONG);
        for (ChaosClient client : clients) {
            client.comeBackIfClosed();
        }
        simulation.time().advance(LONG);
    }

    private void close() {
        simulation.node().close();
        simulation.time().advance(LONG);
        if (simulation.bus().registrations() > 0) {
            throw new AssertionError("registrations are left when the node is closed");
        }
    }

    private StreamKey key() {
        return keys.get(random.nextInt(keys.size()));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.simulation;

import dev.sluice.stream.StreamKey;
import dev.sluice.testkit.history.Entry;
import dev.sluice.testkit.history.HistoryChecker;
import dev.sluice.testkit.history.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One schedule: three gateways, two publishers, six clients of two orgs, and all that goes wrong in it, decided by a seed. The same seed
 * makes the same history, entry by entry. Used once, by one thread.
 */
public final class ScheduleRun {

    /** Who is to be at rest in the end. */
    public static final int CLIENTS = 6;

    private static final int STEPS = 250;
    private static final int PUBLISHERS = 2;
    private static final long REST_MS = 25_000;

    private final World world;
    private final SplittableRandom random;
    private final List<SimulatedPublisher> publishers = new ArrayList<>();
    private final List<SimulatedClient> clients = new ArrayList<>();
    private int faults;

    /** A schedule of the product as it is. */
    public ScheduleRun(long seed) {
        this(seed, Sabotage.NONE);
    }

    /** A schedule in which something is broken. */
    public ScheduleRun(long seed, Sabotage sabotage) {
        world = new World(seed, sabotage);
        random = world.random();
        world.nodes().forEach(ClusterNode::start);
        for (int i = 1; i <= PUBLISHERS; i++) {
            publishers.add(new SimulatedPublisher(world, "publisher-" + i));
        }
        for (int i = 0; i < CLIENTS; i++) {
            List<String> services = i < 2 ? World.SERVICES : List.of(World.SERVICES.get(i / 2 % 2));
            clients.add(new SimulatedClient(world, "client-" + (i + 1), World.ORGS.get(i % 2), services));
        }
        int worst = random.nextInt(4) == 0 ? 400 : 1 + random.nextInt(20);
        world.log().delays(() -> random.nextInt(3) == 0 ? 0 : random.nextInt(worst));
    }

    /** Plays it to its end and judges its history. */
    public Report run() {
        clients.forEach(SimulatedClient::connect);
        for (int i = 0; i < STEPS; i++) {
            step();
            pass();
        }
        comeToRest();
        return HistoryChecker.check(world.history());
    }

    /** All that happened, in order. */
    public List<Entry> entries() {
        return world.history().entries();
    }

    /** How many faults were injected. */
    public int faults() {
        return faults;
    }

    private void pass() {
        switch (random.nextInt(8)) {
            case 0 -> race(random.nextInt(60));
            case 1 -> world.time().advanceOnly(random.nextInt(60));
            case 2 -> world.time().advance(random.nextInt(1_500));
            default -> world.time().advance(random.nextInt(50));
        }
    }

    private void race(int tasks) {
        boolean more = true;
        for (int i = 0; i < tasks && more; i++) {
            more = world.time().step(random);
        }
    }

    private void step() {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5, 6, 7, 8 -> publisher().publish(key(), 1 + random.nextInt(5));
            case 9 -> publisher().publishAgain();
            case 10 -> client().sever();
            case 11 -> client().stall(random.nextInt(4));
            case 12, 13 -> client().drain();
            case 14 -> leaveStuckNodes();
            case 15 -> disturbTheLog();
            case 16, 17 -> disturb(world.anyNode());
            default -> repair(world.anyNode());
        }
    }

    private void leaveStuckNodes() {
        for (SimulatedClient client : clients) {
            if (client.isStuck() && random.nextBoolean()) {
                client.sever();
            }
        }
    }

    private void disturbTheLog() {
        if (random.nextInt(6) == 0) {
            fault("all replicas lost", "");
            world.log().loseEverything();
            world.nodes().forEach(node -> world.later(random.nextInt(2_000), node::clusterChanged));
        } else {
            world.log().failNext(1 + random.nextInt(6));
        }
    }

    private void disturb(ClusterNode node) {
        if (!node.isUp() || node.isFrozen() || node.isCut()) {
            return;
        }
        switch (random.nextInt(4)) {
            case 0 -> {
                fault("crash", node.name());
                node.crash();
                othersChange(node);
            }
            case 1 -> {
                fault("freeze", node.name());
                node.freeze();
            }
            case 2 -> {
                fault("cut", node.name());
                node.cut();
            }
            default -> {
                fault("registrations forgotten", node.name());
                node.forgetRegistrations();
            }
        }
    }

    private void repair(ClusterNode node) {
        if (!node.isUp()) {
            node.start();
            othersChange(node);
        } else if (node.isFrozen()) {
            node.thaw();
        } else if (node.isCut()) {
            node.heal();
        }
    }

    private void othersChange(ClusterNode changed) {
        for (ClusterNode node : world.nodes()) {
            if (node != changed && !node.isCut()) {
                world.later(random.nextInt(2_000), node::clusterChanged);
            }
        }
    }

    private void fault(String kind, String detail) {
        world.history().append(new Entry.Fault(world.time().millis(), ++faults, kind, detail));
    }

    /** No more trouble: in the end all must be well, though pushes that were lost never come. */
    private void comeToRest() {
        publishers.forEach(SimulatedPublisher::stop);
        world.log().failNext(0);
        world.log().delays(() -> 0);
        world.nodes().forEach(this::repair);
        world.time().advance(REST_MS);
        clients.forEach(SimulatedClient::drain);
        world.time().advance(REST_MS);
        world.history().append(new Entry.Ended(world.time().millis()));
        world.nodes().forEach(ClusterNode::crash);
    }

    private SimulatedPublisher publisher() {
        return publishers.get(random.nextInt(PUBLISHERS));
    }

    private SimulatedClient client() {
        return clients.get(random.nextInt(CLIENTS));
    }

    private StreamKey key() {
        return new StreamKey(
                World.ORGS.get(random.nextInt(World.ORGS.size())),
                World.SERVICES.get(random.nextInt(World.SERVICES.size())));
    }
}

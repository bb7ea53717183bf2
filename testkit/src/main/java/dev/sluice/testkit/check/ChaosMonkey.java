// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.check;

import dev.sluice.testkit.cluster.Faults;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import dev.sluice.testkit.history.Entry;
import dev.sluice.testkit.network.LinkRule;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/** Injects one fault after the other, kinds and victims from a seed, never more at once than one backup bears. */
final class ChaosMonkey {

    private static final Duration DELAY = Duration.ofMillis(50);
    private static final Duration JITTER = Duration.ofMillis(20);
    private static final Duration CLOCK_JUMP = Duration.ofMinutes(10);

    /** Weights: what takes ten seconds to get over happens less often than what takes one. */
    private static final int RARE = 1;

    /** Longer than a member waits for the heartbeats of another. */
    private static final Duration CALM = Duration.ofSeconds(6);

    private static final long LOOK_MS = 250;

    private static final int OFTEN = 8;

    private final TestCluster cluster;
    private final Faults faults;
    private final Workload workload;
    private final Runnable restarted;
    private final Random random;
    private final boolean network;
    private final List<Kind> kinds;
    private int injected;

    ChaosMonkey(TestCluster cluster, Workload workload, Runnable restarted, long seed, boolean network) {
        this.cluster = cluster;
        this.faults = cluster.faults();
        this.workload = workload;
        this.restarted = restarted;
        this.random = new Random(seed);
        this.network = network;
        this.kinds = kinds(network);
    }

    private List<Kind> kinds(boolean network) {
        List<Kind> all = new ArrayList<>(List.of(
                new Kind("kill -9 of a gateway", RARE, this::kill),
                new Kind("restart of a gateway", RARE, () -> faults.restart(anyNode())),
                new Kind("SIGSTOP of a gateway, 6 to 8 s", RARE, () -> pause(6000, 8000)),
                new Kind("kill -9 of a publisher", RARE, this::killPublisher),
                new Kind("SIGSTOP of a gateway, 0.2 to 1 s", OFTEN, () -> pause(200, 1000)),
                new Kind("wall clock of a gateway ±10 min for 0.5 s", OFTEN, this::clockJump),
                new Kind("pushes dropped, 1 to 100 %", OFTEN, this::dropPushes),
                new Kind("clients cut off", OFTEN, this::dropClients)));
        if (network) {
            all.add(new Kind("partition, 7 to 10 s", RARE, () -> {
                faults.isolate(cluster.node(anyNode()));
                sleep(7000, 10_000);
            }));
            all.add(new Kind("one-way cut, 7 to 10 s", RARE, () -> {
                cutOneWay();
                sleep(7000, 10_000);
            }));
            all.add(new Kind("partition, 0.2 to 1 s", OFTEN, () -> {
                faults.isolate(cluster.node(anyNode()));
                sleep(200, 1000);
            }));
            all.add(new Kind("one-way cut, 0.2 to 1 s", OFTEN, () -> {
                cutOneWay();
                sleep(200, 1000);
            }));
            all.add(new Kind(
                    "delay of 50 ms on every link", OFTEN, () -> everyLink(rule -> rule.withDelay(DELAY, JITTER))));
            all.add(new Kind("5 % of packets lost", OFTEN, () -> everyLink(rule -> rule.withLoss(5))));
            all.add(new Kind("20 % of packets overtaken", OFTEN, () -> everyLink(rule -> rule.withReorder(20))));
        }
        return all;
    }

    private void everyLink(UnaryOperator<LinkRule> rule) throws InterruptedException {
        faults.everyLink(rule);
        sleep(200, 1000);
    }

    private void cutOneWay() {
        int from = anyNode();
        faults.cut(cluster.node(from), cluster.node((from + 1) % cluster.nodes().size()));
    }

    private Kind anyKind() {
        int number = random.nextInt(kinds.stream().mapToInt(Kind::weight).sum());
        for (Kind kind : kinds) {
            number -= kind.weight;
            if (number < 0) {
                return kind;
            }
        }
        throw new AssertionError("the weights do not add up");
    }

    int injected() {
        return injected;
    }

    /** Injects the next fault, undoes it and waits until the cluster is whole. */
    void next() throws IOException, InterruptedException {
        Kind kind = anyKind();
        injected++;
        workload.history().append(new Entry.Fault(System.currentTimeMillis(), injected, kind.name, ""));
        kind.action.run();
        if (network) {
            faults.heal();
        }
        restarted.run();
        cluster.awaitMembers(cluster.nodes().size());
        if (kind.weight == RARE) {
            awaitCalm();
        }
        workload.history().append(new Entry.Healed(System.currentTimeMillis(), injected));
        sleep(50, 250);
    }

    /**
     * One node at a time is what one backup bears. A node that was paused or cut off may find out, and fall out with the others, when all looks well again: so
     * the cluster has to stay whole for longer than its members wait for each other.
     */
    private void awaitCalm() throws InterruptedException {
        long wholeSince = System.nanoTime();
        while (System.nanoTime() - wholeSince < CALM.toNanos()) {
            Thread.sleep(LOOK_MS);
            if (!cluster.isWhole(cluster.nodes().size())) {
                cluster.awaitMembers(cluster.nodes().size());
                wholeSince = System.nanoTime();
            }
        }
    }

    private int anyNode() {
        return random.nextInt(cluster.nodes().size());
    }

    private void kill() throws IOException {
        int node = anyNode();
        faults.kill9(node);
        cluster.restart(node);
    }

    private void pause(int fromMs, int toMs) throws IOException, InterruptedException {
        int node = anyNode();
        faults.pause(node);
        sleep(fromMs, toMs);
        faults.resume(node);
    }

    private void clockJump() throws IOException, InterruptedException {
        GatewayProcess victim = cluster.node(anyNode());
        faults.clockJump(victim, random.nextBoolean() ? CLOCK_JUMP : CLOCK_JUMP.negated());
        sleep(500, 501);
        faults.clockJump(victim, Duration.ZERO);
    }

    private void killPublisher() throws IOException {
        GatewayProcess publisher = cluster.publisherNode(0);
        publisher.kill9();
        cluster.restartPublisher(0);
    }

    private void dropPushes() throws IOException, InterruptedException {
        faults.dropPushes(List.of(1, 20, 100).get(random.nextInt(3)));
        sleep(200, 1000);
        faults.dropPushes(0);
    }

    private void dropClients() throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            workload.drop(random.nextInt(1000));
        }
        sleep(50, 250);
    }

    private void sleep(int fromMs, int toMs) throws InterruptedException {
        Thread.sleep(fromMs + random.nextInt(toMs - fromMs));
    }

    private record Kind(String name, int weight, Action action) {}

    private interface Action {
        void run() throws IOException, InterruptedException;
    }
}

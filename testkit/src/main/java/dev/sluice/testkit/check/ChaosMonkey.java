// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.check;

import dev.sluice.testkit.cluster.Faults;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import dev.sluice.testkit.history.Entry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Injects one fault after the other, kinds and victims from a seed, never more at once than one backup bears. */
final class ChaosMonkey {

    private static final Duration JITTER = Duration.ofMillis(20);

    private final TestCluster cluster;
    private final Faults faults;
    private final Workload workload;
    private final Runnable restarted;
    private final Random random;
    private final List<Kind> kinds;
    private int injected;

    ChaosMonkey(TestCluster cluster, Workload workload, Runnable restarted, long seed, boolean network) {
        this.cluster = cluster;
        this.faults = cluster.faults();
        this.workload = workload;
        this.restarted = restarted;
        this.random = new Random(seed);
        this.kinds = kinds(network);
    }

    private List<Kind> kinds(boolean network) {
        List<Kind> all = new ArrayList<>(List.of(
                new Kind("kill -9 of a gateway", this::kill),
                new Kind("SIGSTOP of a gateway, 1 to 8 s", this::pause),
                new Kind("restart of a gateway", () -> faults.restart(anyNode())),
                new Kind("kill -9 of a publisher", this::killPublisher),
                new Kind("pushes dropped, 1 to 100 %", this::dropPushes),
                new Kind("clients cut off", this::dropClients)));
        if (network) {
            all.add(new Kind("partition, 3 to 10 s", () -> {
                faults.isolate(cluster.node(anyNode()));
                sleep(3000, 10_000);
            }));
            all.add(new Kind("one-way cut, 3 to 10 s", () -> {
                int from = anyNode();
                faults.cut(cluster.node(from), cluster.node((from + 1) % cluster.nodes().size()));
                sleep(3000, 10_000);
            }));
            all.add(new Kind("delay of 50 ms on every link", () -> {
                faults.everyLink(rule -> rule.withDelay(Duration.ofMillis(50), JITTER));
                sleep(1000, 4000);
            }));
            all.add(new Kind("5 % of packets lost", () -> {
                faults.everyLink(rule -> rule.withLoss(5));
                sleep(1000, 4000);
            }));
            all.add(new Kind("20 % of packets overtaken", () -> {
                faults.everyLink(rule -> rule.withReorder(20));
                sleep(1000, 4000);
            }));
        }
        return all;
    }

    int injected() {
        return injected;
    }

    /** Injects the next fault, undoes it and waits until the cluster is whole. */
    void next() throws IOException, InterruptedException {
        Kind kind = kinds.get(random.nextInt(kinds.size()));
        injected++;
        workload.history().append(new Entry.Fault(System.currentTimeMillis(), injected, kind.name, ""));
        kind.action.run();
        if (kinds.size() > 6) {
            faults.heal();
        }
        restarted.run();
        cluster.awaitMembers(cluster.nodes().size());
        workload.history().append(new Entry.Healed(System.currentTimeMillis(), injected));
        sleep(500, 2000);
    }

    private int anyNode() {
        return random.nextInt(cluster.nodes().size());
    }

    private void kill() throws IOException {
        int node = anyNode();
        faults.kill9(node);
        cluster.restart(node);
    }

    private void pause() throws IOException, InterruptedException {
        int node = anyNode();
        faults.pause(node);
        sleep(1000, 8000);
        faults.resume(node);
    }

    private void killPublisher() throws IOException {
        GatewayProcess publisher = cluster.publisherNode(0);
        publisher.kill9();
        cluster.restartPublisher(0);
    }

    private void dropPushes() throws IOException, InterruptedException {
        faults.dropPushes(List.of(1, 20, 100).get(random.nextInt(3)));
        sleep(1000, 4000);
        faults.dropPushes(0);
    }

    private void dropClients() throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            workload.drop(random.nextInt(1000));
        }
        sleep(500, 1500);
    }

    private void sleep(int fromMs, int toMs) throws InterruptedException {
        Thread.sleep(fromMs + random.nextInt(toMs - fromMs));
    }

    private record Kind(String name, Action action) {}

    private interface Action {
        void run() throws IOException, InterruptedException;
    }
}

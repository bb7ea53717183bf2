// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.cluster;

import dev.sluice.testkit.cluster.inside.Switches;
import dev.sluice.testkit.network.LinkRule;
import dev.sluice.testkit.network.VirtualNetwork;
import dev.sluice.testkit.network.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What can be done to a cluster. All that concerns the network needs a plan with one ({@link ClusterPlan#withNetwork}), pushes and clocks one
 * with switches ({@link ClusterPlan#withSwitches}); else they throw {@link IllegalStateException}. Network faults are between the
 * processes of the cluster; its clients reach all of them all the time.
 */
public final class Faults {

    private final TestCluster cluster;
    private final Launcher launcher;
    private final Optional<VirtualNetwork> network;

    Faults(TestCluster cluster, Launcher launcher, Optional<VirtualNetwork> network) {
        this.cluster = cluster;
        this.launcher = launcher;
        this.network = network;
    }

    // processes

    /** Kills a gateway with SIGKILL. */
    public void kill9(int node) {
        cluster.node(node).kill9();
    }

    /** Stops a gateway in its tracks, with SIGSTOP. */
    public void pause(int node) throws IOException {
        cluster.node(node).pause();
    }

    /** Lets a gateway go on, with SIGCONT. */
    public void resume(int node) throws IOException {
        cluster.node(node).resume();
    }

    /** Stops a gateway with SIGTERM if it runs, starts it again and waits until it is ready. */
    public GatewayProcess restart(int node) throws IOException {
        cluster.node(node).close();
        return cluster.restart(node);
    }

    /** Restarts every gateway, one after the other, each when the one before it is ready and all are together again. */
    public void rollingRestart() throws IOException {
        int nodes = cluster.nodes().size();
        for (int i = 0; i < nodes; i++) {
            restart(i);
            cluster.awaitMembers(nodes);
        }
    }

    /** Replaces every gateway by one of another build, one after the other as {@link #rollingRestart} does. */
    public void upgrade(Path jar) throws IOException {
        launcher.useJar(jar);
        rollingRestart();
    }

    // network

    /** Lets nothing through between any of the first and any of the second, in either direction. */
    public void partition(Collection<GatewayProcess> some, Collection<GatewayProcess> others) {
        for (GatewayProcess one : some) {
            for (GatewayProcess other : others) {
                cut(one, other);
                cut(other, one);
            }
        }
    }

    /** Cuts one process off from all other processes. */
    public void isolate(GatewayProcess process) {
        partition(
                List.of(process),
                cluster.processes().stream().filter(other -> other != process).toList());
    }

    /** Lets nothing through from one to the other; the opposite direction works. */
    public void cut(GatewayProcess from, GatewayProcess to) {
        change(from, to, rule -> rule.withCut(true));
    }

    /** How long each packet is under way. */
    public void delay(GatewayProcess from, GatewayProcess to, Duration delay, Duration jitter) {
        change(from, to, rule -> rule.withDelay(delay, jitter));
    }

    /** How many packets of a hundred are lost. */
    public void loss(GatewayProcess from, GatewayProcess to, double percent) {
        change(from, to, rule -> rule.withLoss(percent));
    }

    /** How many packets of a hundred are overtaken by later ones. */
    public void reorder(GatewayProcess from, GatewayProcess to, double percent) {
        change(from, to, rule -> rule.withReorder(percent));
    }

    /** Changes every link between two processes of the cluster, in both directions. */
    public void everyLink(UnaryOperator<LinkRule> change) {
        for (GatewayProcess from : cluster.processes()) {
            for (GatewayProcess to : cluster.processes()) {
                if (from != to) {
                    change(from, to, change);
                }
            }
        }
    }

    /** Ends all faults of the network. */
    public void heal() {
        wire().clear();
    }

    /** What the hosts are connected by, for its counts. */
    public Wire wire() {
        return network.orElseThrow(
                        () -> new IllegalStateException("this cluster has no network, see ClusterPlan.withNetwork"))
                .wire();
    }

    private void change(GatewayProcess from, GatewayProcess to, UnaryOperator<LinkRule> change) {
        wire().change(from.name(), to.name(), change);
    }

    // inside the processes

    /** Drops so many of a hundred pushes over the event bus, of every process, from the next one on; 0 ends it. */
    public void dropPushes(double percent) throws IOException {
        for (GatewayProcess process : cluster.processes()) {
            switches(process).setDropPercent(percent);
        }
    }

    /** Lets a process end, as if the power went off, after its next commit and before the push that would follow it. */
    public void haltBeforePush(GatewayProcess process) throws IOException {
        switches(process).setHaltBeforePush(true);
    }

    /**
     * Puts the wall clock of a process forward or back, for all of the product and for Hazelcast; what it measures durations with does not
     * jump, as it does not on a machine.
     *
     * @param ahead how far it is ahead of this machine's from now on; negative: behind; zero ends it
     */
    public void clockJump(GatewayProcess process, Duration ahead) throws IOException {
        switches(process).setClockOffsetMs(ahead.toMillis());
    }

    private Switches switches(GatewayProcess process) throws IOException {
        return launcher.switches(process.name());
    }
}

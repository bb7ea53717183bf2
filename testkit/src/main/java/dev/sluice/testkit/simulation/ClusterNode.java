// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.simulation;

import dev.sluice.gateway.hub.HubOptions;
import dev.sluice.gateway.session.Session;
import dev.sluice.gateway.simulation.FakeOutput;
import dev.sluice.gateway.simulation.SimulatedBus;
import dev.sluice.gateway.simulation.SimulatedNode;
import dev.sluice.stream.bus.CommittedBatch;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One gateway of the cluster: the real hub and sessions, and what happens to its process and its network. What it makes of that follows the
 * rules of ADR 0007: in doubt once it notices, believed again when every shard has answered and all is compared.
 */
final class ClusterNode {

    private static final int LOOPS = 2;
    private static final int NOTICE_MS = 5_000;
    private static final int VERIFY_AGAIN_MS = 1_000;

    private final String name;
    private final World world;
    private final List<Runnable> atCrash = new ArrayList<>();
    private SimulatedNode gateway;
    private SimulatedBus bus;
    private NodeLog log;
    private boolean up;
    private boolean frozen;
    private boolean cut;
    private int life;
    private int doubts;
    private boolean verifying;

    ClusterNode(String name, World world) {
        this.name = name;
        this.world = world;
    }

    String name() {
        return name;
    }

    boolean isUp() {
        return up;
    }

    boolean isFrozen() {
        return frozen;
    }

    boolean isCut() {
        return cut;
    }

    void start() {
        life++;
        up = true;
        frozen = false;
        cut = false;
        verifying = false;
        bus = new SimulatedBus();
        log = new NodeLog(world);
        gateway = SimulatedNode.unmeasured(
                world.time(), log, bus, world.verifier(), world.sessionOptions(), HubOptions.defaults(), LOOPS);
    }

    /** The process is gone. Who is connected hears of it in their own time. */
    void crash() {
        up = false;
        life++;
        gateway.kill();
        List<Runnable> told = List.copyOf(atCrash);
        atCrash.clear();
        told.forEach(Runnable::run);
    }

    void freeze() {
        frozen = true;
        gateway.freeze();
    }

    /** It goes on, and notices by its clock that it was not there. */
    void thaw() {
        frozen = false;
        gateway.thaw();
        int now = life;
        world.later(world.random().nextInt(300), () -> whileAlive(now, this::doubt));
        world.later(world.random().nextInt(2_000), () -> whileAlive(now, this::verify));
    }

    /** Neither log nor bus reach it, nor it them; its clients do. */
    void cut() {
        cut = true;
        log.cut(true);
        int now = life;
        world.later(
                world.random().nextInt(NOTICE_MS),
                () -> whileAlive(now, () -> {
                    if (cut) {
                        doubt();
                    }
                }));
    }

    void heal() {
        cut = false;
        log.cut(false);
        int now = life;
        world.later(world.random().nextInt(NOTICE_MS), () -> whileAlive(now, this::clusterChanged));
    }

    /** Nodes came or went. */
    void clusterChanged() {
        if (!up) {
            return;
        }
        if (gateway.hub().isDoubtful()) {
            verify();
        } else {
            gateway.hub().clusterChanged();
        }
    }

    private void doubt() {
        doubts++;
        gateway.hub().doubt();
    }

    private void verify() {
        if (cut || verifying) {
            return;
        }
        verifying = true;
        int now = life;
        int asked = doubts;
        everyShardAnswers(0)
                .compose(answered -> gateway.hub().clusterChanged())
                .onComplete((compared, failure) -> whileAlive(now, () -> {
                    verifying = false;
                    if (failure == null && asked == doubts) {
                        gateway.hub().believe();
                    } else {
                        world.later(VERIFY_AGAIN_MS, () -> whileAlive(now, this::verify));
                    }
                }));
    }

    private Future<Void> everyShardAnswers(int shard) {
        return shard == log.shards()
                ? Future.succeededFuture()
                : log.version(shard)
                        .compose(version -> log.changes(shard, version))
                        .compose(changes -> everyShardAnswers(shard + 1));
    }

    private void whileAlive(int then, Runnable task) {
        if (up && life == then) {
            task.run();
        }
    }

    void forgetRegistrations() {
        bus.forgetRegistrations();
    }

    /** A push sets out for this node: it may be lost, doubled, late. */
    void push(int shard, CommittedBatch batch) {
        if (!up || cut) {
            return;
        }
        int now = life;
        for (SimulatedBus.Registration receiver : bus.receivers(shard)) {
            int chance = world.random().nextInt(20);
            int copies = chance < 3 ? 0 : chance < 5 ? 2 : 1;
            for (int i = 0; i < copies; i++) {
                Consumer<CommittedBatch> handler = receiver.handler();
                world.later(
                        world.delay(),
                        () -> whileAlive(now, () -> {
                            if (!cut) {
                                handler.accept(batch);
                            }
                        }));
            }
        }
    }

    /** A client connects; {@code opened} runs on the session's loop as soon as the node takes the connection. */
    void accept(FakeOutput output, int loop, Consumer<Session> opened) {
        gateway.loop(loop % LOOPS).execute(() -> opened.accept(gateway.connect(output, loop % LOOPS)));
    }

    /** Runs something on one of its loops of sessions; never, if it is gone by then. */
    void execute(int ofLife, int loop, Runnable task) {
        if (up && life == ofLife) {
            gateway.loop(loop % LOOPS).execute(task);
        }
    }

    int life() {
        return life;
    }

    /** Runs something when the process is gone. */
    void onCrash(Runnable task) {
        atCrash.add(task);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.simulation;

import dev.sluice.gateway.session.SessionOptions;
import dev.sluice.gateway.simulation.FakeVerifier;
import dev.sluice.gateway.simulation.ManualLoop;
import dev.sluice.gateway.simulation.ManualTime;
import dev.sluice.gateway.simulation.SessionLimits;
import dev.sluice.gateway.simulation.SimulatedLog;
import dev.sluice.stream.log.LogOptions;
import dev.sluice.testkit.history.History;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What everything in one schedule shares. Used by one thread. */
final class World {

    /** Those of which {@link #token(String)} speaks. */
    static final List<String> ORGS = List.of("acme", "globex");

    static final List<String> SERVICES = List.of("finance", "staff");

    private static final int NODES = 3;

    private final ManualTime time = new ManualTime();
    private final ManualLoop outside = time.loop();
    private final SplittableRandom random;
    private final History history = new History();
    private final Sabotage sabotage;
    private final SimulatedLog log;
    private final FakeVerifier verifier = new FakeVerifier();
    private final SessionOptions sessionOptions;
    private final List<ClusterNode> nodes = new ArrayList<>();

    World(long seed, Sabotage sabotage) {
        this.random = new SplittableRandom(seed);
        this.sabotage = sabotage;
        this.log = new SimulatedLog(time, logOptions(), random);
        this.sessionOptions = new SessionLimits()
                .connections(1_000, 1_000, 1_000)
                .slow(100_000, 10)
                .messages(10_000, 10_000)
                .options();
        ORGS.forEach(org -> verifier.accept(
                token(org), FakeVerifier.reader(org, null, time.instant().plus(Duration.ofDays(2)))));
        for (int i = 1; i <= NODES; i++) {
            nodes.add(new ClusterNode("node-" + i, this));
        }
    }

    private LogOptions logOptions() {
        LogOptions d = LogOptions.defaults();
        return new LogOptions(
                1 + random.nextInt(3),
                random.nextInt(3) == 0 ? 5 + random.nextInt(30) : d.maxEvents(),
                d.maxAge(),
                d.forgetAfter(),
                sabotage == Sabotage.IDS_FORGOTTEN ? Duration.ofSeconds(1) : d.dedupWindow(),
                sabotage == Sabotage.IDS_FORGOTTEN ? 1 : d.dedupMaxIds(),
                d.maxShardBytes(),
                d.maxStreamsPerOrgPerShard(),
                d.sweepInterval());
    }

    ManualTime time() {
        return time;
    }

    SplittableRandom random() {
        return random;
    }

    History history() {
        return history;
    }

    Sabotage sabotage() {
        return sabotage;
    }

    SimulatedLog log() {
        return log;
    }

    FakeVerifier verifier() {
        return verifier;
    }

    SessionOptions sessionOptions() {
        return sessionOptions;
    }

    List<ClusterNode> nodes() {
        return nodes;
    }

    ClusterNode anyNode() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    /** Runs something later on nobody's loop: networks, clients and publishers. At least a millisecond later. */
    void later(long ms, Runnable task) {
        outside.schedule(Math.max(1, ms), task);
    }

    /** A time under way: mostly short. */
    long delay() {
        return 1L + random.nextInt(random.nextInt(10) == 0 ? 400 : 8);
    }

    static String token(String org) {
        return "token-of-" + org;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import dev.sluice.gateway.census.ClusterCounts;
import dev.sluice.gateway.hub.HubOptions;
import dev.sluice.gateway.session.SessionOptions;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.LogOptions;
import dev.sluice.stream.trace.Tracing;
import java.time.Duration;
import java.util.Random;

/** A log, a bus, a publisher, tokens, and one gateway node, in a time of their own. */
public final class Simulation {

    /** The stream that most tests are about. */
    public static final StreamKey FINANCE = new StreamKey("acme", "finance");

    /** In the same shard, for there is only one. */
    public static final StreamKey STAFF = new StreamKey("acme", "staff");

    private final ManualTime time = new ManualTime();
    private final SimulatedLog log;
    private final SimulatedBus bus = new SimulatedBus();
    private final TestPublisher publisher;
    private final FakeVerifier verifier = new FakeVerifier();
    private final SimulatedNode node;

    private Simulation(Builder builder) {
        log = new SimulatedLog(time, builder.log, new Random(builder.seed));
        publisher = new TestPublisher(log, bus);
        node = new SimulatedNode(
                time,
                log,
                bus,
                verifier,
                builder.session,
                builder.hub,
                builder.sessionLoops,
                builder.counts,
                builder.tracing);
    }

    /** Everything with its defaults, but one shard only. */
    public static Simulation create() {
        return new Builder().create();
    }

    /** Something other than the defaults. */
    public static Builder with() {
        return new Builder();
    }

    /** The time. */
    public ManualTime time() {
        return time;
    }

    /** The log. */
    public SimulatedLog log() {
        return log;
    }

    /** The bus. */
    public SimulatedBus bus() {
        return bus;
    }

    /** The publisher. */
    public TestPublisher publisher() {
        return publisher;
    }

    /** The tokens. */
    public FakeVerifier verifier() {
        return verifier;
    }

    /** Lets a user of acme read for an hour, with its name as its token. */
    public void acceptReader(String user) {
        verifier.accept(user, FakeVerifier.reader("acme", user, time.instant().plus(Duration.ofHours(1))));
    }

    /** The node. */
    public SimulatedNode node() {
        return node;
    }

    /** What a simulation is made of. */
    public static final class Builder {
        private LogOptions log = logOptions(1, 1_000, 1 << 14);
        private SessionOptions session = SessionOptions.defaults();
        private HubOptions hub = HubOptions.defaults();
        private int sessionLoops = 1;
        private ClusterCounts counts = ClusterCounts.alone();
        private Tracing tracing = Tracing.OFF;
        private long seed = 1;

        private Builder() {}

        private static LogOptions logOptions(int shards, int maxEvents, int maxStreamsPerOrg) {
            LogOptions d = LogOptions.defaults();
            return new LogOptions(
                    shards,
                    maxEvents,
                    d.maxAge(),
                    d.forgetAfter(),
                    d.dedupWindow(),
                    d.dedupMaxIds(),
                    d.maxShardBytes(),
                    maxStreamsPerOrg,
                    d.sweepInterval());
        }

        /** How many shards the log has. */
        public Builder shards(int shards) {
            log = logOptions(shards, log.maxEvents(), log.maxStreamsPerOrgPerShard());
            return this;
        }

        /** How many events the log keeps of a stream. */
        public Builder logEvents(int events) {
            log = logOptions(log.shards(), events, log.maxStreamsPerOrgPerShard());
            return this;
        }

        /** How many streams of an org the log takes. */
        public Builder streamsPerOrg(int streams) {
            log = logOptions(log.shards(), log.maxEvents(), streams);
            return this;
        }

        /** What sessions may do. */
        public Builder session(SessionOptions options) {
            session = options;
            return this;
        }

        /** How the node holds streams. */
        public Builder hub(HubOptions options) {
            hub = options;
            return this;
        }

        /** How many loops have sessions. */
        public Builder sessionLoops(int loops) {
            sessionLoops = loops;
            return this;
        }

        /** What the other nodes say of their connections. */
        public Builder counts(ClusterCounts clusterCounts) {
            counts = clusterCounts;
            return this;
        }

        /** What makes the node's spans. */
        public Builder tracing(Tracing nodeTracing) {
            tracing = nodeTracing;
            return this;
        }

        /** Of all that is left to chance. */
        public Builder seed(long newSeed) {
            seed = newSeed;
            return this;
        }

        /** Sets it up. */
        public Simulation create() {
            return new Simulation(this);
        }
    }

    /** Hub options with the bounds of the buffers given. */
    public static HubOptions hubOptions(int bufferEvents, long bufferBytes, long totalBufferBytes, int maxStreams) {
        HubOptions d = HubOptions.defaults();
        return new HubOptions(
                d.linger(),
                d.checkInterval(),
                d.holeGrace(),
                d.versionGrace(),
                d.batchWindow(),
                bufferEvents,
                d.bufferAge(),
                bufferBytes,
                totalBufferBytes,
                maxStreams,
                d.maxFrameBytes(),
                d.deflateThresholdBytes(),
                d.deflateLevel());
    }

    /** Hub options that gather events for so long. */
    public static HubOptions batchWindow(Duration window) {
        HubOptions d = HubOptions.defaults();
        return new HubOptions(
                d.linger(),
                d.checkInterval(),
                d.holeGrace(),
                d.versionGrace(),
                window,
                d.bufferEvents(),
                d.bufferAge(),
                d.bufferBytes(),
                d.totalBufferBytes(),
                d.maxStreams(),
                d.maxFrameBytes(),
                d.deflateThresholdBytes(),
                d.deflateLevel());
    }
}

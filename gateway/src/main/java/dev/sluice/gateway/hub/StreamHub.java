// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.gateway.loop.EventLoop;
import dev.sluice.gateway.loop.FairTurns;
import dev.sluice.gateway.loop.Walk;
import dev.sluice.gateway.ops.GatewayMetrics;
import dev.sluice.gateway.replay.FrameEncoder;
import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.LogSlice;
import dev.sluice.stream.log.ShardVersion;
import dev.sluice.stream.log.StreamLimitException;
import dev.sluice.stream.log.StreamLog;
import dev.sluice.stream.metrics.OrgAmounts;
import dev.sluice.stream.trace.Tracing;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The streams of one node: opened when the first session wants them, kept while any does and a little longer, one registration a
 * shard however many sessions there are. Pushes go in, holes are repaired from the log, listeners are told.
 *
 * <p>Public methods, but for those of {@link Registrations}, may be called from any thread and their futures complete on the hub's loop; all state is confined to it.
 */
public final class StreamHub implements Registrations {

    private static final long TICK_MS = 1_000;

    private final HubResources hub;
    private final PushSource source;
    private final Map<Integer, ShardWatch> watches = new HashMap<>();
    private final Map<StreamKey, Usage> usages = new HashMap<>();
    private volatile boolean doubtful;
    private boolean closed;

    /** Who uses a feed, and since when nobody does. */
    private static final class Usage {
        private final FeedWriter writer;
        private final StreamRate rate = new StreamRate();
        private final long openSince;
        private int sessions;
        private long idleSince;

        Usage(FeedWriter writer, long openSince) {
            this.writer = writer;
            this.openSince = openSince;
        }
    }

    /** A hub that owns the given loop; begins to work at once. */
    public StreamHub(EventLoop loop, StreamLog log, PushSource source, HubOptions options, GatewayMetrics metrics) {
        this(loop, log, source, options, metrics, Tracing.OFF);
    }

    /** The same with spans of what is delivered of traced events. */
    public StreamHub(
            EventLoop loop,
            StreamLog log,
            PushSource source,
            HubOptions options,
            GatewayMetrics metrics,
            Tracing tracing) {
        FrameEncoder encoder = new FrameEncoder(options.deflateThresholdBytes(), options.deflateLevel());
        this.hub = new HubResources(
                loop,
                new FairTurns(loop, () -> {}),
                log,
                new LogReads(loop, log),
                options,
                encoder,
                metrics.hub(),
                new TracedDeliveries(tracing, loop));
        this.source = source;
        loop.schedule(TICK_MS, this::tick);
    }

    /**
     * Takes part in a stream. Each success must be answered with one {@link #detach}.
     *
     * @return the feed, open and live; fails with {@link StreamLimitException} or when the log does not answer
     */
    public Future<StreamFeed> attach(StreamKey key) {
        Promise<StreamFeed> promise = Promise.promise();
        hub.loop().execute(() -> attachOnLoop(key, promise));
        return promise.future();
    }

    private void attachOnLoop(StreamKey key, Promise<StreamFeed> promise) {
        Usage usage = usages.get(key);
        if (usage == null) {
            if (closed || usages.size() >= hub.options().maxStreams()) {
                promise.fail(new StreamLimitException("this node holds as many streams as it may"));
                return;
            }
            usage = new Usage(open(key), hub.loop().now());
            usages.put(key, usage);
        }
        Usage used = usage;
        used.sessions++;
        used.writer.repair().opened().onComplete((feed, failure) -> {
            if (failure == null) {
                promise.complete(feed);
            } else {
                release(used);
                promise.fail(failure);
            }
        });
    }

    private FeedWriter open(StreamKey key) {
        int shard = key.shard(hub.log().shards());
        ShardWatch watch = watches.get(shard);
        if (watch == null) {
            watch = new ShardWatch(shard, hub, source);
            watches.put(shard, watch);
            watch.activate();
        }
        FeedWriter writer = new FeedWriter(key, hub, watch::verify);
        watch.add(writer);
        watch.active().onComplete((active, failure) -> {
            if (failure == null) {
                writer.repair().open(1);
            } else {
                writer.close();
            }
        });
        return writer;
    }

    /** Gives a feed back. */
    public void detach(StreamFeed feed) {
        hub.loop().execute(() -> {
            Usage usage = usages.get(feed.key());
            if (usage != null && usage.writer.feed() == feed) {
                release(usage);
            }
        });
    }

    private void release(Usage usage) {
        usage.sessions--;
        if (usage.sessions == 0) {
            usage.idleSince = hub.loop().now();
            if (!usage.writer.isOpen()) {
                drop(usage);
            }
        }
    }

    /**
     * Brings a feed as near to the log as the bounds allow: before a cursor is refused, and before history is replayed that this node
     * does not hold.
     */
    public Future<Void> reconcile(StreamFeed feed) {
        Promise<Void> promise = Promise.promise();
        hub.loop().execute(() -> {
            Usage usage = usages.get(feed.key());
            if (usage == null || usage.writer.feed() != feed) {
                promise.fail("the stream was let go");
            } else {
                usage.writer.repair().reconcile().onComplete(promise);
            }
        });
        return promise.future();
    }

    /**
     * The cluster is another one than before: nodes were lost or came back, or this one was not there for a while. Every registration is
     * made again, for the bus may have lost it, and every stream is compared with the log. Any thread.
     *
     * @return completes when all is compared; a log that does not answer is asked until it does
     */
    public Future<Void> clusterChanged() {
        Promise<Void> promise = Promise.promise();
        hub.loop().execute(() -> Future.join(watches.values().stream()
                        .map(ShardWatch::clusterChanged)
                        .toList())
                .<Void>mapEmpty()
                .onComplete(promise));
        return promise.future();
    }

    @Override
    public Set<Integer> shards() {
        Set<Integer> shards = new HashSet<>();
        watches.forEach((shard, watch) -> {
            if (watch.isRegistered()) {
                shards.add(shard);
            }
        });
        return shards;
    }

    @Override
    public void renew(int shard) {
        ShardWatch watch = watches.get(shard);
        if (watch != null) {
            watch.registerAgain();
        }
    }

    /** From now on nothing that is held here is called current: the cluster may know better (ADR 0007). Any thread. */
    public void doubt() {
        doubtful = true;
    }

    /** What is held here has been compared with the log. Any thread. */
    public void believe() {
        doubtful = false;
    }

    /** Whether what is held here must not be called current without asking the log. Any thread. */
    public boolean isDoubtful() {
        return doubtful;
    }

    /** Reads events that no buffer holds any more, for a session that is far behind. */
    public Future<LogSlice> read(StreamFeed feed, long fromSeq) {
        return read(feed.key(), fromSeq, FrameEncoder.MAX_EVENTS, hub.options().maxFrameBytes());
    }

    /** As {@link StreamLog#read}, in turn with the sessions that read history, those of the same org above all. */
    public Future<LogSlice> read(StreamKey key, long fromSeq, int maxEvents, int maxBytes) {
        Promise<LogSlice> promise = Promise.promise();
        hub.loop()
                .execute(() ->
                        hub.reads().read(key, fromSeq, maxEvents, maxBytes).onComplete(promise));
        return promise.future();
    }

    /** Where a stream stands in the log; empty when there is none, and none is made for the question. Any thread. */
    public Future<Optional<Position>> position(StreamKey key) {
        // What a gateway asks of every shard that it begins to watch; a read would make the stream.
        return hub.log()
                .changes(key.shard(hub.log().shards()), ShardVersion.NONE)
                .map(changes -> Optional.ofNullable(changes.heads().get(key)));
    }

    /** What this node knows of an event, for operators; empty when it does not hold the stream. Any thread. */
    public Future<Optional<EventSight>> sight(StreamKey key, Position event) {
        Promise<Optional<EventSight>> promise = Promise.promise();
        hub.loop()
                .execute(() -> promise.complete(Optional.ofNullable(usages.get(key))
                        .map(usage ->
                                EventSight.of(usage.writer.feed().buffer(), usage.openSince, usage.sessions, event))));
        return promise.future();
    }

    /**
     * What an operator may see of the busiest streams: by events a second, then by what they hold. Any thread; some are looked at a turn.
     *
     * @param limit so many at most
     */
    public Future<List<StreamUse>> busiest(int limit) {
        Promise<List<StreamUse>> promise = Promise.promise();
        hub.loop().execute(() -> {
            PriorityQueue<StreamUse> first = new PriorityQueue<>(StreamUse.BUSIEST.reversed());
            Walk.over(usages.values(), hub.loop(), usage -> {
                        first.add(usage.rate.use(usage.writer, usage.sessions));
                        if (first.size() > limit) {
                            first.remove();
                        }
                    })
                    .map(all -> first.stream().sorted(StreamUse.BUSIEST).toList())
                    .onComplete(promise);
        });
        return promise.future();
    }

    private void tick() {
        if (closed) {
            return;
        }
        hub.loop().schedule(TICK_MS, this::tick);
        long now = hub.loop().now();
        hub.traced().expire(now);
        long bytes = 0;
        for (Usage usage : List.copyOf(usages.values())) {
            if (usage.sessions == 0
                    && now - usage.idleSince >= hub.options().linger().toMillis()) {
                drop(usage);
            } else {
                usage.writer.expire(now);
                usage.rate.tick(usage.writer.feed().buffer(), now);
                bytes += usage.writer.bytes();
            }
        }
        if (bytes > hub.options().totalBufferBytes()) {
            List<FeedWriter> writers =
                    usages.values().stream().map(usage -> usage.writer).toList();
            bytes = BufferBudget.keep(writers, bytes, hub.options().totalBufferBytes());
        }
        hub.metrics().hubSize(watches.size(), usages.size(), bytes);
        if (hub.metrics().namesOrgs()) {
            hub.metrics().buffered(bytesOfOrgs());
        }
    }

    private OrgAmounts bytesOfOrgs() {
        OrgAmounts amounts = new OrgAmounts();
        usages.forEach((key, usage) -> amounts.add(key.org(), usage.writer.bytes()));
        return amounts;
    }

    private void drop(Usage usage) {
        StreamKey key = usage.writer.feed().key();
        usages.remove(key, usage);
        int shard = key.shard(hub.log().shards());
        ShardWatch watch = watches.get(shard);
        if (watch != null && watch.feed(key) == usage.writer) {
            watch.remove(key);
            if (watch.feeds().isEmpty()) {
                watches.remove(shard);
                watch.close();
            }
        }
    }

    /** Ends all; sessions must be gone. */
    public void close() {
        hub.loop().execute(() -> {
            closed = true;
            List.copyOf(watches.values()).forEach(ShardWatch::close);
            watches.clear();
            usages.clear();
            hub.traced().close();
            hub.encoder().close();
        });
    }
}

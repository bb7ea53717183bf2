// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch;
import dev.sluice.stream.log.ShardChanges;
import dev.sluice.stream.log.ShardVersion;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * One shard on this node: its single registration on the bus, its feeds, and the check that no push was lost. Confined to the hub's loop.
 *
 * <p>{@code seen} is the version up to which every push has come. When the log says that it is further, and the pushes in between
 * are not here after a short grace, the streams that moved meanwhile are repaired from the log. So a lost push, a lost
 * registration or a publisher that died between commit and push costs one check interval, never an event.
 */
final class ShardWatch {

    private static final int MAX_AHEAD = 10_000;
    private static final long RETRY_MS = 500;

    private final int shard;
    private final HubResources hub;
    private final PushSource source;
    private final Map<StreamKey, FeedWriter> feeds = new HashMap<>();
    private final TreeSet<Long> ahead = new TreeSet<>();
    private final Promise<Void> active = Promise.promise();
    private ShardVersion seen = ShardVersion.NONE;
    private Runnable unsubscribe = () -> {};
    private boolean checking;
    private boolean closed;

    ShardWatch(int shard, HubResources hub, PushSource source) {
        this.shard = shard;
        this.hub = hub;
        this.source = source;
    }

    /** Registers on the bus and learns the version to begin with; completes on the hub's loop. Streams are opened after that. */
    Future<Void> active() {
        return active.future();
    }

    void activate() {
        source.subscribe(shard, batch -> hub.loop().execute(() -> onPush(batch)))
                .onComplete((end, failure) -> hub.loop().execute(() -> {
                    if (failure != null) {
                        retryUnlessClosed(this::activate);
                    } else if (closed) {
                        end.run();
                    } else {
                        unsubscribe = end;
                        readFirstVersion();
                    }
                }));
    }

    /**
     * A version alone may be of a commit that its backups do not have yet, and would be given again if they never got it; what changed
     * since then is answered only when they have it.
     */
    private void readFirstVersion() {
        hub.log()
                .version(shard)
                .compose(version -> hub.log().changes(shard, version))
                .onComplete((changes, failure) -> hub.loop().execute(() -> {
                    if (failure == null) {
                        advanceTo(changes.version());
                        active.tryComplete();
                        scheduleCheck();
                    } else {
                        retryUnlessClosed(this::readFirstVersion);
                    }
                }));
    }

    private void retryUnlessClosed(Runnable task) {
        if (!closed) {
            hub.loop().schedule(RETRY_MS, task);
        }
    }

    FeedWriter feed(StreamKey key) {
        return feeds.get(key);
    }

    void add(FeedWriter writer) {
        feeds.put(writer.feed().key(), writer);
    }

    void remove(StreamKey key) {
        FeedWriter writer = feeds.remove(key);
        if (writer != null) {
            writer.close();
        }
    }

    Collection<FeedWriter> feeds() {
        return feeds.values();
    }

    private void onPush(CommittedBatch batch) {
        for (CommittedBatch.Run run : batch.runs()) {
            FeedWriter writer = feeds.get(run.key());
            if (writer != null) {
                writer.accept(run, batch.timestamp());
            }
        }
        track(batch.version());
    }

    /** A shard that did not exist when it was asked for begins at 0, whatever incarnation it then gets. */
    private void learnIncarnation(ShardVersion version) {
        if (seen.equals(ShardVersion.NONE)) {
            seen = new ShardVersion(version.incarnation(), 0);
        }
    }

    private void track(ShardVersion version) {
        learnIncarnation(version);
        if (version.incarnation() == seen.incarnation() && version.number() > seen.number()) {
            if (version.number() == seen.number() + 1) {
                advanceTo(version);
            } else if (ahead.size() < MAX_AHEAD) {
                ahead.add(version.number());
            }
        }
    }

    /** All pushes up to the version are here, or made up for; so are those right after it that came early. */
    private void advanceTo(ShardVersion version) {
        if (version.incarnation() != seen.incarnation()) {
            ahead.clear();
        }
        long number = version.number();
        ahead.headSet(number, true).clear();
        while (!ahead.isEmpty() && ahead.first() == number + 1) {
            number = ahead.pollFirst();
        }
        seen = new ShardVersion(version.incarnation(), number);
    }

    private void scheduleCheck() {
        hub.loop().schedule(hub.options().checkInterval().toMillis(), this::check);
    }

    private void check() {
        if (closed) {
            return;
        }
        scheduleCheck();
        if (checking) {
            return;
        }
        checking = true;
        hub.log().version(shard).onComplete((version, failure) -> hub.loop().execute(() -> {
            if (failure == null) {
                learnIncarnation(version);
                checkAgainst(version);
            } else {
                hub.metrics().versionCheckFailed();
                checking = false;
            }
        }));
    }

    private void checkAgainst(ShardVersion version) {
        if (isBehind(version)) {
            hub.loop().schedule(hub.options().versionGrace().toMillis(), () -> askForChanges(version));
        } else {
            checking = false;
        }
    }

    private boolean isBehind(ShardVersion version) {
        return version.incarnation() != seen.incarnation() || version.number() > seen.number();
    }

    private void askForChanges(ShardVersion version) {
        if (closed || !isBehind(version)) {
            checking = false;
            return;
        }
        hub.metrics().pushMissed();
        hub.log().changes(shard, seen).onComplete((changes, failure) -> hub.loop()
                .execute(() -> {
                    checking = false;
                    if (failure == null && !closed) {
                        makeUp(changes);
                    }
                }));
    }

    private void makeUp(ShardChanges changes) {
        boolean newIncarnation = changes.version().incarnation() != seen.incarnation();
        for (FeedWriter writer : feeds.values()) {
            Position head = changes.heads().get(writer.feed().key());
            boolean moved = head != null && (!head.epoch().equals(writer.epoch()) || head.seq() > writer.accepted());
            if (moved || newIncarnation) {
                writer.repair().start();
            }
        }
        if (newIncarnation || changes.version().number() > seen.number()) {
            advanceTo(changes.version());
        }
    }

    /** Ends all. A feed that closes in the middle of its opening takes itself out, and the last one closes its watch. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        unsubscribe.run();
        List.copyOf(feeds.values()).forEach(FeedWriter::close);
        active.tryFail("the shard was let go");
    }
}

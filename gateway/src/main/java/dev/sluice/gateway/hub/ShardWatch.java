// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch;
import dev.sluice.stream.log.ShardChanges;
import dev.sluice.stream.log.ShardVersion;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
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
    private final ShardRegistration registration;
    private final Map<StreamKey, FeedWriter> feeds = new HashMap<>();
    private final TreeSet<Long> ahead = new TreeSet<>();
    private final Promise<Void> active = Promise.promise();
    private ShardVersion seen = ShardVersion.NONE;
    private final OneAtATime verifications = new OneAtATime(this::compareAll);
    private boolean checking;
    private boolean closed;

    ShardWatch(int shard, HubResources hub, PushSource source) {
        this.shard = shard;
        this.hub = hub;
        this.registration = new ShardRegistration(shard, hub, source, this::onPush);
    }

    /** Registers on the bus and learns the version to begin with; completes on the hub's loop. Streams are opened after that. */
    Future<Void> active() {
        return active.future();
    }

    void activate() {
        registration
                .make()
                .onSuccess(made -> readFirstVersion())
                .onFailure(failure -> retryUnlessClosed(this::activate));
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
                    if (closed) {
                        return;
                    }
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
        ShardVersion before = seen;
        hub.log().version(shard).onComplete((version, failure) -> hub.loop().execute(() -> {
            if (failure == null) {
                learnIncarnation(version);
                if (isFallenBack(version, before)) {
                    verify();
                }
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
        registration.missed();
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

    /** What was taken over stood on the backups, so a lower version means that they were all lost but an older one. */
    private static boolean isFallenBack(ShardVersion version, ShardVersion known) {
        return version.incarnation() == known.incarnation() && version.number() < known.number();
    }

    /** Whether the bus should bring pushes. */
    boolean isRegistered() {
        return !closed && active.future().succeeded();
    }

    /** Makes the registration again, for it may be lost. */
    void registerAgain() {
        registration.renew();
    }

    /** Nodes came or went: registers again and compares everything with the log. */
    Future<Void> clusterChanged() {
        registration.renew();
        return verifications.run();
    }

    /**
     * Compares every feed with the log, whatever the versions say: after the log fell back, numbers that were given twice look as if
     * nothing had happened.
     */
    void verify() {
        verifications.run();
    }

    private Future<Void> compareAll() {
        Promise<Void> done = Promise.promise();
        askForAll(done);
        return done.future();
    }

    private void askForAll(Promise<Void> done) {
        if (closed) {
            done.complete();
            return;
        }
        ShardVersion before = seen;
        hub.log().changes(shard, ShardVersion.NONE).onComplete((changes, failure) -> hub.loop()
                .execute(() -> {
                    if (failure != null) {
                        hub.loop().schedule(RETRY_MS, () -> askForAll(done));
                        return;
                    }
                    if (isFallenBack(changes.version(), before)) {
                        ahead.clear();
                        seen = changes.version();
                    }
                    compareNext(new ArrayDeque<>(feeds.values()), done);
                }));
    }

    /** One after the other: there may be thousands, and the partition has other things to do. */
    private void compareNext(Deque<FeedWriter> left, Promise<Void> done) {
        FeedWriter next = left.poll();
        if (next == null) {
            done.complete();
        } else {
            next.repair().start().onComplete(compared -> hub.loop().execute(() -> compareNext(left, done)));
        }
    }

    /** Ends all. A feed that closes in the middle of its opening takes itself out, and the last one closes its watch. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        registration.close();
        List.copyOf(feeds.values()).forEach(FeedWriter::close);
        active.tryFail("the shard was let go");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** The lanes of all shards and their common end. Confined to the loop. */
final class Lanes {

    private final LaneServices services;
    private final ShardLane[] lanes;
    /** Those that groups were added to and that have not been told to go. */
    private final Set<ShardLane> touched = new LinkedHashSet<>();

    private Promise<Void> closing;
    private Runnable cancelDeadline = () -> {};
    private boolean closed;
    /** What is told to whoever comes; null when groups are taken. */
    private PublishUnavailableException suspension;

    Lanes(LaneServices services) {
        this.services = services;
        this.lanes = new ShardLane[services.log().shards()];
    }

    /**
     * Takes groups. Commits are made of them after all else that the loop has been handed so far, so that what comes together, from one caller
     * or from many, goes together; each at once would put the second of them behind the commit of the first.
     */
    void add(List<Group> groups) {
        if (touched.isEmpty()) {
            services.loop().execute(this::pump);
        }
        groups.forEach(this::add);
    }

    private void pump() {
        List<ShardLane> ready = List.copyOf(touched);
        touched.clear();
        ready.forEach(ShardLane::pump);
    }

    private void add(Group group) {
        if (closed) {
            refuse(group, "closed", EventPublisher.closedException());
            return;
        }
        if (suspension != null) {
            refuse(group, "suspended", suspension);
            return;
        }
        services.breaker()
                .refusal()
                .ifPresentOrElse(left -> refuse(group, "breaker_open", EventPublisher.openException(left)), () -> {
                    ShardLane lane = lane(group.key().shard(lanes.length));
                    lane.add(group);
                    touched.add(lane);
                });
    }

    private void refuse(Group group, String cause, PublishUnavailableException reason) {
        services.metrics().rejected(cause);
        group.fail(reason);
    }

    private ShardLane lane(int shard) {
        if (lanes[shard] == null) {
            lanes[shard] = new ShardLane(services, shard, this::laneIdle);
        }
        return lanes[shard];
    }

    /** Fails all that is not in flight. */
    void failWaiting(String cause, PublishUnavailableException reason) {
        lanes().forEach(lane -> lane.failWaiting(cause, reason));
    }

    /** Fails everything, and whatever comes until {@link #resume()}. */
    void suspend(String why, Duration retryAfter) {
        suspension = PublishUnavailableException.notPublished(why, retryAfter);
        failWaiting("suspended", suspension);
        lanes().forEach(lane -> lane.abortFlight(why));
    }

    void resume() {
        suspension = null;
    }

    /**
     * Completes the promise when everything has been answered, at the latest after the timeout: then the rest fails. Afterwards nothing
     * is taken.
     */
    void close(Duration timeout, Promise<Void> done) {
        if (closing != null) {
            closing.future().onComplete(done);
            return;
        }
        closing = done;
        cancelDeadline = services.loop().schedule(timeout, this::abort);
        laneIdle();
    }

    private void abort() {
        failWaiting("closed", EventPublisher.closedException());
        lanes().forEach(lane -> lane.abortFlight("the publisher was closed before the log confirmed the event"));
    }

    private void laneIdle() {
        if (closing != null && !closed && lanes().allMatch(ShardLane::isIdle)) {
            closed = true;
            cancelDeadline.run();
            closing.complete();
        }
    }

    private Stream<ShardLane> lanes() {
        return Arrays.stream(lanes).filter(Objects::nonNull);
    }
}

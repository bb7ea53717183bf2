// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.Event;
import dev.sluice.stream.InvalidEventException;
import dev.sluice.stream.InvalidEventException.Kind;
import dev.sluice.stream.Position;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.log.StreamLimitException;
import dev.sluice.stream.log.StreamLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Publishes events: puts them in the log, pushes them to the gateways, and tells the caller where they stand.
 *
 * <p><b>Order.</b> Events of one stream that one thread publishes one after the other stand in the log in that order, as far as they
 * are acknowledged. One commit of a shard is in flight at a time; what comes meanwhile goes together in the next.
 *
 * <p><b>Outcome.</b> Every future completes, within twice {@code publisher.commitTimeout}. A receipt means replicated (P4). The failures
 * are:
 *
 * <ul>
 *   <li>{@link PublisherBusyException}: the queue is full, or the org's share of it; nothing was taken, of no org;
 *   <li>{@link PublishUnavailableException}: the log does not answer; it says whether the event may be there all the same;
 *   <li>{@link StreamLimitException}: the org has as many streams as it may have;
 *   <li>{@link InvalidEventException}: more than one commit can hold was to be published together;
 *   <li>{@link PartialPublishException}: of several streams, see {@link #submitAll}.
 * </ul>
 *
 * After any of them the same may be published again, with the same ids: nothing is doubled (P5).
 *
 * <p><b>Backpressure.</b> The queue is bounded, and so is what one org may have of it ({@link FairnessOptions}). Who can wait stops at
 * {@link #writeQueueFull(String)} and goes on after {@link #drained(String)}; who cannot is refused at twice that. Orgs that flood make
 * nobody else wait, but those who ask for all orgs at once.
 *
 * <p>May be called from any thread. Futures complete on the caller's Vert.x context; where there is none, on the publisher's event
 * loop, which must not be blocked. To be closed before its Vert.x instance.
 */
public final class EventPublisher {

    private static final Duration BUSY_RETRY = Duration.ofSeconds(1);

    private final Loop loop;
    private final PublisherOptions options;
    private final PublisherMetrics metrics;
    private final QueueBound bound;
    private final LogBreaker breaker;
    private final Lanes lanes;
    private volatile boolean closing;
    /** Why nothing is taken now; null when it is. */
    private volatile String suspended;

    EventPublisher(
            Loop loop,
            StreamLog log,
            PushSender pushes,
            PublisherOptions options,
            PublisherMetrics metrics,
            UUID publisher,
            RandomGenerator random) {
        this.loop = loop;
        this.options = options;
        this.metrics = metrics;
        this.bound = new QueueBound(options, metrics);
        this.breaker = new LogBreaker(loop, options, metrics, this::breakerOpened);
        Backoff backoff = new Backoff(options, random);
        this.lanes = new Lanes(new LaneServices(loop, log, pushes, breaker, backoff, options, metrics, publisher));
    }

    /**
     * A publisher with an event loop of its own that pushes over the event bus of {@code vertx}; the codecs of {@link
     * dev.sluice.stream.bus.BusAddresses#registerCodecs} must be registered there.
     */
    public static EventPublisher create(
            Vertx vertx, StreamLog log, PublisherOptions options, PublisherMetrics metrics) {
        return create(vertx, log, PushSender.bus(vertx), options, metrics);
    }

    /** The same with another way to push. */
    public static EventPublisher create(
            Vertx vertx, StreamLog log, PushSender pushes, PublisherOptions options, PublisherMetrics metrics) {
        return new EventPublisher(
                new VertxLoop(vertx), log, pushes, options, metrics, UUID.randomUUID(), RandomGenerator.getDefault());
    }

    /** Publishes an event; completes with its position once it is replicated. */
    public Future<Position> publish(Event event) {
        return submit(event).map(Receipt::position);
    }

    /** Publishes an event; the receipt also tells whether it stood there already. */
    public Future<Receipt> submit(Event event) {
        Group group = new Group(List.of(event), loop.nanoTime(), bound);
        Optional<RuntimeException> refusal = refusal(List.of(group));
        if (refusal.isPresent()) {
            return Future.failedFuture(refusal.get());
        }
        loop.execute(() -> lanes.add(List.of(group)));
        return group.future().map(receipts -> receipts.get(0));
    }

    /**
     * Publishes events; those of one stream all or none. They may be of several streams (and orgs): then some streams may be taken and
     * others not, which {@link PartialPublishException} tells apart.
     *
     * @param events of each stream at most {@link dev.sluice.stream.log.Commit#MAX_EVENTS} with {@link
     *     dev.sluice.stream.log.Commit#MAX_BYTES}, else {@link InvalidEventException} of kind {@code TOO_LARGE}
     * @return one receipt for each event, in their order
     */
    public Future<List<Receipt>> submitAll(List<Event> events) {
        if (events.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        Submission submission;
        try {
            submission = new Submission(events, loop.nanoTime(), bound);
        } catch (InvalidEventException e) {
            metrics.rejected("too_large");
            return Future.failedFuture(e);
        }
        List<Group> groups = submission.groups();
        Optional<RuntimeException> refusal = refusal(groups);
        if (refusal.isPresent()) {
            return Future.failedFuture(refusal.get());
        }
        loop.execute(() -> lanes.add(groups));
        return submission.future();
    }

    /** Why so much is not taken now; if empty, its room is reserved. */
    private Optional<RuntimeException> refusal(List<Group> groups) {
        if (closing) {
            metrics.rejected("closed");
            return Optional.of(closedException());
        }
        String why = suspended;
        if (why != null) {
            metrics.rejected("suspended");
            return Optional.of(PublishUnavailableException.notPublished(why, options.breakerOpen()));
        }
        Optional<Duration> open = breaker.refusal();
        if (open.isPresent()) {
            metrics.rejected("breaker_open");
            return Optional.of(openException(open.get()));
        }
        if (bound.isBeyond(groups)) {
            metrics.rejected("too_large");
            return Optional.of(new InvalidEventException(
                    Kind.TOO_LARGE,
                    null,
                    "these are more events than the publisher's queue may hold, or one organisation's share of it"));
        }
        return switch (bound.reserve(groups)) {
            case TAKEN -> Optional.empty();
            case ORG_FULL -> {
                metrics.rejected("org_busy");
                yield Optional.of(PublisherBusyException.orgFull(BUSY_RETRY));
            }
            case FULL -> {
                metrics.rejected("busy");
                yield Optional.of(PublisherBusyException.full(BUSY_RETRY));
            }
        };
    }

    private void breakerOpened() {
        lanes.failWaiting("breaker_open", openException(options.breakerOpen()));
    }

    /** Whether callers that can wait should, whatever they publish: the queue is half full, or some org's share of it. */
    public boolean writeQueueFull() {
        return bound.isFull(null);
    }

    /** Whether callers that can wait should who publish for this org: it has half of what it may have at the moment. */
    public boolean writeQueueFull(String org) {
        return bound.isFull(Objects.requireNonNull(org));
    }

    /**
     * Completes when less than a quarter of the queue is full, and of every org's share; at once if it is not {@linkplain
     * #writeQueueFull() full}.
     */
    public Future<Void> drained() {
        return bound.drained(null);
    }

    /** Completes when less than a quarter of the org's share is full; at once if it is not {@linkplain #writeQueueFull(String) full}. */
    public Future<Void> drained(String org) {
        return bound.drained(Objects.requireNonNull(org));
    }

    /**
     * Takes nothing until {@link #resume()}, and fails at once what was taken: it is known that the log will not answer, so nobody should have
     * to wait for a timeout to hear it. What is under way may have been committed; its failure says so.
     *
     * @param why in words that are safe to show
     */
    public void suspend(String why) {
        suspended = why;
        loop.execute(() -> lanes.suspend(why, options.breakerOpen()));
    }

    /** Takes events again. */
    public void resume() {
        loop.execute(lanes::resume);
        suspended = null;
    }

    /**
     * Takes nothing more and waits for what was taken, at most {@code publisher.closeTimeout}: what is not answered by then fails. May be
     * called again.
     */
    public Future<Void> close() {
        closing = true;
        Promise<Void> done = CallerContext.promise();
        loop.execute(() -> lanes.close(options.closeTimeout(), done));
        return done.future();
    }

    static PublishUnavailableException closedException() {
        return PublishUnavailableException.notPublished("this publisher is closed", BUSY_RETRY);
    }

    static PublishUnavailableException openException(Duration left) {
        return PublishUnavailableException.notPublished("the log is not available at the moment", left);
    }
}

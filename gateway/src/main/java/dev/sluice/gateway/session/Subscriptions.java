// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.gateway.hub.StreamFeed;
import dev.sluice.gateway.hub.StreamHub;
import dev.sluice.gateway.ops.GatewayMetrics;
import dev.sluice.gateway.replay.ReplayBuffer;
import dev.sluice.gateway.replay.Resume;
import dev.sluice.stream.Cursor;
import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.StreamLimitException;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The streams that one session follows: how they are joined and left, and whether the session keeps up. Confined to the session's
 * loop.
 */
final class Subscriptions {

    private final Session session;
    private final SessionLoop loop;
    private final StreamHub hub;
    private final GatewayMetrics metrics;
    private final SessionOptions options;
    /** By service; empty while the stream is being attached. */
    private final Map<String, Optional<Subscription>> byService = new HashMap<>();

    private int slowSamples;

    Subscriptions(Session session, SessionLoop loop) {
        this.session = session;
        this.loop = loop;
        this.hub = loop.services().hub();
        this.metrics = loop.services().metrics();
        this.options = loop.services().options();
    }

    void subscribe(List<String> services, Map<String, Cursor> cursors) {
        for (String service : services) {
            if (!session.claims().allowsService(service)) {
                session.error("forbidden", "the token does not cover the service '" + service + "'");
            } else if (byService.containsKey(service)) {
                session.error("already_subscribed", "the session follows '" + service + "' already");
            } else if (byService.size() >= options.maxSubscriptions()) {
                session.error(
                        "too_many_subscriptions",
                        "a session may follow " + options.maxSubscriptions() + " services; '" + service
                                + "' is one more");
            } else {
                attach(service, cursors.getOrDefault(service, Cursor.LATEST));
            }
        }
    }

    private void attach(String service, Cursor cursor) {
        byService.put(service, Optional.empty());
        StreamKey key = new StreamKey(session.claims().org().orElseThrow(), service);
        hub.attach(key)
                .onComplete((feed, failure) -> loop.execute(() -> {
                    if (failure == null) {
                        attached(service, feed, cursor);
                    } else {
                        notAttached(service, failure);
                    }
                    session.flush();
                }));
    }

    private void notAttached(String service, Throwable failure) {
        if (!isAwaited(service)) {
            return;
        }
        byService.remove(service);
        if (failure instanceof StreamLimitException) {
            session.error("too_many_streams", "the org has as many streams as it may have; '" + service + "' is new");
        } else {
            // Another node may reach the log where this one cannot.
            session.close(CloseReason.OVERLOADED, "the stream cannot be reached from this node now");
        }
    }

    private void attached(String service, StreamFeed feed, Cursor cursor) {
        if (!isAwaited(service)) {
            hub.detach(feed);
            return;
        }
        if (isCertain(cursor, feed)) {
            begin(service, feed, cursor);
            return;
        }
        // Before a cursor is refused or history is said to begin here, the log is asked: the client may come from a
        // node
        // that is ahead of this one (P6).
        hub.reconcile(feed)
                .onComplete((reconciled, failure) -> loop.execute(() -> {
                    if (!isAwaited(service)) {
                        hub.detach(feed);
                    } else if (failure != null) {
                        hub.detach(feed);
                        notAttached(service, failure);
                    } else {
                        begin(service, feed, cursor);
                    }
                    session.flush();
                }));
    }

    private static boolean isCertain(Cursor cursor, StreamFeed feed) {
        ReplayBuffer buffer = feed.buffer();
        if (cursor instanceof Cursor.Earliest) {
            return buffer.oldest() == 1;
        }
        return !Resume.decide(cursor, buffer.epoch(), buffer.oldest(), buffer.head())
                .isLost();
    }

    private boolean isAwaited(String service) {
        Optional<Subscription> subscription = byService.get(service);
        return session.isOpen() && subscription != null && subscription.isEmpty();
    }

    /** From here on there is no way back to the hub between the decision and the walk: nothing can slip in between. */
    private void begin(String service, StreamFeed feed, Cursor cursor) {
        ReplayBuffer buffer = feed.buffer();
        long oldest = Math.min(feed.oldest(), buffer.oldest());
        Resume resume = Resume.decide(cursor, buffer.epoch(), oldest, buffer.head());
        Subscription subscription = new Subscription(session, loop, feed, buffer, resume);
        byService.put(service, Optional.of(subscription));
        loop.follow(subscription);
        metrics.subscriptions(1);
        if (session.takesDeflated()) {
            feed.countDeflating(1);
        }
        resume.recovered()
                .ifPresent(recovered -> metrics.resumed(
                        recovered ? "recovered" : resume.reason().orElseThrow().wire()));
        session.write(ServerFrames.subscribed(service, buffer.epoch(), oldest, resume));
        subscription.pump();
    }

    void unsubscribe(List<String> services) {
        services.forEach(this::leave);
    }

    /** Leaves what a refreshed token no longer covers. */
    void keepOnly(Predicate<String> allowed) {
        for (String service : List.copyOf(byService.keySet())) {
            if (!allowed.test(service)) {
                leave(service);
                session.write(ServerFrames.warning("payload_unsubscribed", new JsonObject().put("service", service)));
            }
        }
    }

    void endAll() {
        List.copyOf(byService.keySet()).forEach(this::leave);
    }

    private void leave(String service) {
        Optional<Subscription> left = byService.remove(service);
        if (left != null && left.isPresent()) {
            Subscription subscription = left.get();
            subscription.end();
            loop.unfollow(subscription);
            metrics.subscriptions(-1);
            if (session.takesDeflated()) {
                subscription.feed().countDeflating(-1);
            }
            hub.detach(subscription.feed());
        }
    }

    /** What the client has processed, as against what was written to it. */
    void processed(Map<String, Cursor> cursors) {
        cursors.forEach((service, cursor) -> {
            Optional<Subscription> subscription = byService.getOrDefault(service, Optional.empty());
            if (subscription.isPresent() && cursor instanceof Cursor.At at) {
                Position head = subscription.get().head();
                if (head.epoch().equals(at.position().epoch())) {
                    metrics.clientLag(Math.max(0, head.seq() - at.position().seq()));
                }
            }
        });
    }

    void pumpAll() {
        for (Optional<Subscription> subscription : List.copyOf(byService.values())) {
            subscription.ifPresent(Subscription::pump);
        }
    }

    /** Warns a session that is far behind, and closes it when it stays so: it comes back and resumes, having lost nothing that is held. */
    void sampleLag() {
        Subscription slowest = null;
        for (Optional<Subscription> subscription : byService.values()) {
            if (subscription.isPresent()
                    && (slowest == null || subscription.get().lag() > slowest.lag())) {
                slowest = subscription.get();
            }
        }
        if (slowest == null || slowest.lag() <= options.maxLag()) {
            slowSamples = 0;
            return;
        }
        slowSamples++;
        if (slowSamples >= options.slowSamples()) {
            metrics.slowConsumer();
            session.close(CloseReason.SLOW_CONSUMER, "too slow for too long; reconnect and resume");
        } else if (session.isWritable()) {
            session.write(ServerFrames.warning(
                    "slow_consumer",
                    new JsonObject()
                            .put("service", slowest.service())
                            .put("lag", slowest.lag())
                            .put("maxLag", options.maxLag())
                            .put("sample", slowSamples)
                            .put("closesAt", options.slowSamples())));
        }
    }

    Map<String, Position> heads() {
        Map<String, Position> heads = new LinkedHashMap<>();
        byService.forEach(
                (service, subscription) -> subscription.ifPresent(present -> heads.put(service, present.head())));
        return heads;
    }
}

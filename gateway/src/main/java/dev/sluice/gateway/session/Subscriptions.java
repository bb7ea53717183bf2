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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The streams that one session follows: how they are joined and left, and whether the session keeps up. Confined to the session's
 * loop.
 */
final class Subscriptions {

    /** So many services are named in an error, the others counted. */
    private static final int MAX_NAMED = 3;

    private final Session session;
    private final SessionLoop loop;
    private final StreamHub hub;
    private final GatewayMetrics metrics;
    private final Map<String, Request> requests = new LinkedHashMap<>();
    /** Where a client was in streams that it could not be given: it must not lose that. */
    private final Map<String, Cursor> refused = new LinkedHashMap<>();

    private final LagWatch lagWatch;

    /** A service that the client asked for. When it takes that back and asks again, that is another request. */
    private static final class Request {
        private final String service;
        private final Cursor cursor;
        /** Null while the stream is being attached. */
        private Subscription subscription;

        Request(String service, Cursor cursor) {
            this.service = service;
            this.cursor = cursor;
        }
    }

    Subscriptions(Session session, SessionLoop loop) {
        this.session = session;
        this.loop = loop;
        this.hub = loop.services().hub();
        this.metrics = loop.services().metrics();
        this.lagWatch = new LagWatch(session, loop.services());
    }

    void subscribe(List<String> services, Map<String, Cursor> cursors) {
        List<String> forbidden = new ArrayList<>();
        List<String> followed = new ArrayList<>();
        List<String> surplus = new ArrayList<>();
        for (String service : services) {
            if (!session.claims().allowsService(service)) {
                forbidden.add(service);
            } else if (requests.containsKey(service)) {
                followed.add(service);
            } else if (requests.size() >= options().maxSubscriptions()) {
                surplus.add(service);
            } else {
                attach(new Request(service, cursors.getOrDefault(service, Cursor.LATEST)));
            }
        }
        refuse(ErrorCode.FORBIDDEN, "the token does not cover ", forbidden);
        refuse(ErrorCode.ALREADY_SUBSCRIBED, "the session follows already ", followed);
        refuse(
                ErrorCode.TOO_MANY_SUBSCRIPTIONS,
                "a session may follow " + options().maxSubscriptions() + " services; left out: ",
                surplus);
    }

    /** One error for all: a message may name thousands, and the answer must not be larger than the question. */
    private void refuse(ErrorCode code, String why, List<String> services) {
        if (services.isEmpty()) {
            return;
        }
        int more = services.size() - MAX_NAMED;
        String named = services.stream().limit(MAX_NAMED).collect(Collectors.joining("', '", "'", "'"));
        session.error(code, why + named + (more > 0 ? " and " + more + " more" : ""));
    }

    private void attach(Request request) {
        requests.put(request.service, request);
        refused.remove(request.service);
        StreamKey key = new StreamKey(session.claims().org().orElseThrow(), request.service);
        hub.attach(key)
                .onComplete((feed, failure) -> loop.execute(() -> {
                    if (failure == null) {
                        attached(request, feed);
                    } else {
                        notAttached(request, failure);
                    }
                    session.flush();
                }));
    }

    private void notAttached(Request request, Throwable failure) {
        if (!isAwaited(request)) {
            return;
        }
        requests.remove(request.service);
        if (failure instanceof StreamLimitException) {
            refused.put(request.service, request.cursor);
            session.error(
                    ErrorCode.TOO_MANY_STREAMS,
                    "'" + request.service + "' cannot be followed: " + failure.getMessage());
        } else {
            // Another node may reach the log where this one cannot.
            session.close(CloseReason.OVERLOADED, "the stream cannot be reached from this node now");
        }
    }

    private void attached(Request request, StreamFeed feed) {
        if (!isAwaited(request)) {
            hub.detach(feed);
            return;
        }
        if (!hub.isDoubtful() && isCertain(request.cursor, feed)) {
            begin(request, feed, false);
            return;
        }
        // Before a cursor is refused or history is said to begin here, the log is asked: the client may come from a
        // node that is ahead of this one (P6).
        hub.reconcile(feed)
                .onComplete((reconciled, failure) -> loop.execute(() -> {
                    if (!isAwaited(request)) {
                        hub.detach(feed);
                    } else if (failure != null) {
                        hub.detach(feed);
                        notAttached(request, failure);
                    } else {
                        begin(request, feed, true);
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

    private boolean isAwaited(Request request) {
        return session.isOpen() && requests.get(request.service) == request;
    }

    /** From here on there is no way back to the hub between the decision and the walk: nothing can slip in between. */
    private void begin(Request request, StreamFeed feed, boolean logWasAsked) {
        ReplayBuffer buffer = feed.buffer();
        long oldest = Math.min(feed.oldest(), buffer.oldest());
        Resume resume = Resume.decide(request.cursor, buffer.epoch(), oldest, buffer.head());
        Subscription subscription = new Subscription(session, loop, feed, buffer.epoch(), resume, request.cursor);
        request.subscription = subscription;
        loop.follow(subscription);
        metrics.subscriptions(1);
        if (session.takesDeflated()) {
            feed.countDeflating(1);
        }
        resume.recovered()
                .ifPresent(recovered ->
                        metrics.resumed(resume.reason(), logWasAsked || resume.from() + 1 < buffer.oldest()));
        session.write(ServerFrames.subscribed(request.service, buffer.epoch(), oldest, resume));
        subscription.pump();
    }

    void unsubscribe(List<String> services) {
        services.forEach(this::leave);
    }

    /** Leaves what a refreshed token no longer covers. */
    void keepOnly(Predicate<String> allowed) {
        for (String service : List.copyOf(requests.keySet())) {
            if (!allowed.test(service)) {
                leave(service);
                session.write(ServerFrames.warning("payload_unsubscribed", new JsonObject().put("service", service)));
            }
        }
    }

    void endAll() {
        List.copyOf(requests.keySet()).forEach(this::leave);
    }

    private void leave(String service) {
        Request left = requests.remove(service);
        if (left != null && left.subscription != null) {
            Subscription subscription = left.subscription;
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
        for (Subscription subscription : active()) {
            if (cursors.get(subscription.service()) instanceof Cursor.At at) {
                Position head = subscription.head();
                if (head.epoch().equals(at.position().epoch())) {
                    metrics.clientLag(Math.max(0, head.seq() - at.position().seq()));
                }
            }
        }
    }

    /** Whether none is being attached. */
    boolean areAttached() {
        return requests.values().stream().allMatch(request -> request.subscription != null);
    }

    /** The cursors of all, as a vector; of those that are not followed (yet) the ones that the client gave. */
    String vector() {
        StringBuilder vector = new StringBuilder();
        for (Request request : requests.values()) {
            if (request.subscription != null) {
                append(vector, request.service, request.subscription.position().toString());
            } else {
                appendGiven(vector, request.service, request.cursor);
            }
        }
        refused.forEach((service, cursor) -> appendGiven(vector, service, cursor));
        return vector.toString();
    }

    private static void appendGiven(StringBuilder vector, String service, Cursor cursor) {
        if (!(cursor instanceof Cursor.Latest)) {
            append(vector, service, cursor.text());
        }
    }

    private static void append(StringBuilder vector, String service, String cursor) {
        vector.append(vector.isEmpty() ? "" : ",").append(service).append('=').append(cursor);
    }

    /** A copy: what is done for one may end others. */
    private List<Subscription> active() {
        List<Subscription> active = new ArrayList<>(requests.size());
        for (Request request : requests.values()) {
            if (request.subscription != null) {
                active.add(request.subscription);
            }
        }
        return active;
    }

    /** Has all of them go on, each in its turn. */
    void pumpAll() {
        active().forEach(Subscription::pumpLater);
    }

    /** See {@link LagWatch}. */
    void sampleLag() {
        lagWatch.sample(slowest());
    }

    int slowSamples() {
        return lagWatch.slowSamples();
    }

    /** The one to a service; null when it is not followed, or not yet. */
    Subscription find(String service) {
        Request request = requests.get(service);
        return request == null ? null : request.subscription;
    }

    /** Whether the service was asked for and is not followed yet. */
    boolean isAttaching(String service) {
        return requests.containsKey(service) && find(service) == null;
    }

    /** Whether the session could not be given the service. */
    boolean isRefused(String service) {
        return refused.containsKey(service);
    }

    /** Where it stands in all that it follows, by service. */
    Map<String, Place> places() {
        return active().stream().collect(Collectors.toUnmodifiableMap(Subscription::service, Subscription::place));
    }

    /** How many services were asked for. */
    int size() {
        return requests.size();
    }

    /** How far it is behind in the stream where it is most. */
    long lag() {
        Subscription slowest = slowest();
        return slowest == null ? 0 : slowest.lag();
    }

    /** The one that is most behind; null if there is none. Without a copy, for it is asked of every session every second. */
    private Subscription slowest() {
        Subscription slowest = null;
        for (Request request : requests.values()) {
            if (request.subscription != null && (slowest == null || request.subscription.lag() > slowest.lag())) {
                slowest = request.subscription;
            }
        }
        return slowest;
    }

    /** What an operator may see of each, in the order in which they were asked for. */
    List<StreamReport> report() {
        return requests.values().stream()
                .map(request -> request.subscription == null
                        ? StreamReport.attaching(request.service)
                        : request.subscription.report())
                .toList();
    }

    /** Where the streams stand, as far as this node may say so: cut off, it cannot know. */
    Map<String, Position> heads() {
        if (hub.isDoubtful()) {
            return Map.of();
        }
        Map<String, Position> heads = new LinkedHashMap<>();
        active().forEach(subscription -> heads.put(subscription.service(), subscription.head()));
        return heads;
    }

    private SessionOptions options() {
        return loop.services().options();
    }
}

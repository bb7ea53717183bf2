// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.cluster.TestCluster;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Publishers and followers of an org of their own, at work while something is broken; and what must hold whatever that was. */
final class Traffic implements AutoCloseable {

    private static final int SERVICES = 6;
    private static final int FOLLOWERS_PER_NODE = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TestCluster cluster;
    private final String org;
    private final List<SteadyPublisher> publishers;
    private final List<Follower> followers = new ArrayList<>();

    /**
     * Starts, and waits until every follower gets every service.
     *
     * @param door where to publish
     */
    Traffic(TestCluster cluster, Supplier<URI> door) {
        this.cluster = cluster;
        this.org = "org-" + UUID.randomUUID().toString().substring(0, 8);
        List<String> services =
                IntStream.range(0, SERVICES).mapToObj(i -> "service" + i).toList();
        int number = 0;
        for (int i = 0; i < cluster.nodes().size() * FOLLOWERS_PER_NODE; i++) {
            String node = cluster.node(i % cluster.nodes().size()).name();
            followers.add(new Follower(
                    cluster,
                    cluster.subscriber(org, "follower" + number, services.toArray(String[]::new)),
                    node,
                    number));
            number++;
        }
        TestCluster.awaitUntil(
                PATIENCE, "all connected", () -> followers.stream().allMatch(f -> f.connections() > 0));
        publishers = services.stream()
                .map(service -> new SteadyPublisher(cluster.publisher(org), door, service))
                .toList();
        awaitFlow("before the fault");
    }

    String org() {
        return org;
    }

    List<SteadyPublisher> publishers() {
        return publishers;
    }

    List<Follower> followers() {
        return followers;
    }

    /**
     * Waits until every service's publisher gets acknowledgements, and every follower an event of each service that was published from
     * now on. Not the first of them: who resumes right after an epoch has changed is told that it begins behind some of the new one.
     */
    long awaitFlow(String when) {
        return awaitFlow(when, publishers, followers);
    }

    /** The same of some; answers how many milliseconds that took. */
    long awaitFlow(String when, List<SteadyPublisher> some, List<Follower> listeners) {
        long start = System.nanoTime();
        TestCluster.awaitUntil(PATIENCE, "acknowledgements " + when, () -> some.stream()
                .allMatch(p -> p.acknowledgedIdsSince(start).size() >= 2));
        TestCluster.awaitUntil(PATIENCE, "deliveries " + when, () -> {
            List<Set<String>> sinceThen = some.stream()
                    .map(publisher -> publisher.acknowledgedIdsSince(start))
                    .toList();
            return listeners.stream().map(Follower::ids).allMatch(got -> sinceThen.stream()
                    .noneMatch(ids -> Collections.disjoint(got, ids)));
        });
        return (System.nanoTime() - start) / 1_000_000;
    }

    /** Lets it flow for a while under a fault: the fault's length is the condition. */
    void keepOn(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        TestCluster.awaitUntil(time.plus(PATIENCE), "the end of the fault", () -> System.nanoTime() - end >= 0);
    }

    /** How many gaps and failed recoveries were announced to all followers. */
    List<JsonObject> announcements() {
        return followers.stream().flatMap(f -> f.announcements().stream()).toList();
    }

    /**
     * Stops publishing, waits until everybody has what was acknowledged or has been told that it cannot, and checks P1 to P5.
     *
     * @return how many events were acknowledged
     */
    int finish() {
        publishers.forEach(SteadyPublisher::close);
        TestCluster.awaitUntil(
                PATIENCE, "everything that was acknowledged, or an announcement: " + missing(), () -> missing()
                        .isEmpty());
        followers.forEach(Follower::close);
        Map<String, String> idAt = new HashMap<>();
        Map<String, String> placeOf = acknowledgedPlaces();
        for (Follower follower : followers) {
            assertThat(follower.subscriber().violations()).isEmpty();
            follower.deliveries().forEach(delivery -> {
                String place = delivery.service() + " " + delivery.epoch() + ":" + delivery.seq();
                assertThat(idAt.computeIfAbsent(place, p -> delivery.id()))
                        .as("P5: the same event at " + place + " for everybody")
                        .isEqualTo(delivery.id());
                String promised = placeOf.get(delivery.service() + " " + delivery.id());
                if (promised != null && promised.startsWith(delivery.service() + " " + delivery.epoch() + ":")) {
                    assertThat(place).as("P4: where it was acknowledged").isEqualTo(promised);
                }
            });
            assertThat(follower.deliveries().stream().map(d -> d.service() + d.epoch() + d.id()))
                    .as("P5: one position in an epoch")
                    .doesNotHaveDuplicates();
        }
        return placeOf.size();
    }

    private Map<String, String> acknowledgedPlaces() {
        Map<String, String> places = new HashMap<>();
        publishers.forEach(publisher -> publisher
                .acknowledged()
                .forEach(one -> places.put(
                        publisher.service() + " " + one.id(),
                        publisher.service() + " " + one.epoch() + ":" + one.seq())));
        return places;
    }

    /** What was acknowledged and is neither delivered to some follower nor announced to it as lost. */
    List<String> missing() {
        return followers.stream().flatMap(this::missing).limit(20).toList();
    }

    private Stream<String> missing(Follower follower) {
        Set<String> ids = follower.ids();
        List<JsonObject> announcements = follower.announcements();
        return publishers.stream().flatMap(publisher -> publisher.acknowledged().stream()
                .filter(one -> !ids.contains(one.id()))
                .filter(one -> announcements.stream().noneMatch(frame -> covers(frame, publisher.service(), one)))
                .map(one -> follower.node() + " " + publisher.service() + " " + one));
    }

    /** Whether the frame says that this event, or all of its epoch, cannot be delivered. */
    private static boolean covers(JsonObject frame, String service, SteadyPublisher.Acknowledged event) {
        if (!service.equals(frame.getString("service"))) {
            return false;
        }
        if ("gap".equals(frame.getString("type")) && event.epoch().equals(frame.getString("epoch"))) {
            return frame.getLong("from") <= event.seq() && event.seq() <= frame.getLong("to");
        }
        // Of a new epoch, or a position from which nothing is replayed.
        return !event.epoch().equals(frame.getString("epoch")) || event.seq() <= frame.getLong("seq", 0L);
    }

    TestCluster cluster() {
        return cluster;
    }

    @Override
    public void close() {
        publishers.forEach(SteadyPublisher::close);
        followers.forEach(Follower::close);
    }
}

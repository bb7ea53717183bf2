// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.APPEND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.StreamKey;
import dev.sluice.testkit.client.PublishClient;
import dev.sluice.testkit.client.Subscriber;
import dev.sluice.testkit.cluster.ClusterPlan;
import dev.sluice.testkit.cluster.ClusterVisitor;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import dev.sluice.testkit.deploy.Tool;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes and a publisher whose event bus speaks TLS, with certificates made by the very commands of docs/security.md. That the log repairs what the bus
 * loses must not hide a bus on which nothing comes through, so what came by repairs is counted.
 */
@Timeout(300)
class BusTlsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Path DOCUMENT = Tool.ROOT.resolve("docs/security.md");
    private static final Pattern COMMANDS = Pattern.compile("```sh\n(# Once.*?)```", Pattern.DOTALL);
    private static final int EVENTS = 60;

    @TempDir
    private Path folder;

    @Test
    void shouldPushToMembersAndNotToANodeOfAnotherAuthority() throws Exception {
        makeCertificates(folder);
        ClusterPlan plan = ClusterPlan.of(2)
                .withPublishers(1)
                .withSettings(Map.of(
                        "SLUICE_CLUSTER_QUORUM",
                        "1",
                        "SLUICE_CLUSTER_SECRET",
                        "of the members of this test, and of nobody else",
                        "SLUICE_CLUSTER_BUS_TLS_CERTIFICATE_FILE",
                        folder.resolve("node.pem").toString(),
                        "SLUICE_CLUSTER_BUS_TLS_KEY_FILE",
                        folder.resolve("node.key").toString(),
                        "SLUICE_CLUSTER_BUS_TLS_TRUST_FILE",
                        folder.resolve("members.pem").toString(),
                        // What is on the disk later is for the node that is started then.
                        "SLUICE_CLUSTER_BUS_TLS_CHECK_INTERVAL",
                        "1h"));
        try (TestCluster cluster = TestCluster.start(plan)) {
            for (GatewayProcess publisher : new GatewayProcess[] {cluster.node(0), cluster.publisherNode(0)}) {
                try (Passage passage = new Passage(cluster, publisher, cluster.node(1))) {
                    passage.awaitFirstPush();
                    assertThat(passage.repairedOf(EVENTS))
                            .as("events from " + publisher.name() + " that came by the log, not by a push")
                            .isLessThan(EVENTS / 2);
                }
            }

            assertVisited(cluster);

            cluster.node(1).close();
            Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
            makeCertificates(elsewhere);
            for (String file : new String[] {"node.pem", "node.key"}) {
                Files.copy(elsewhere.resolve(file), folder.resolve(file), REPLACE_EXISTING);
            }
            // It believes us, too, or it would go away by itself.
            Files.writeString(
                    folder.resolve("members.pem"), Files.readString(elsewhere.resolve("members.pem")), APPEND);
            GatewayProcess stranger = cluster.restart(1);

            try (Passage passage = new Passage(cluster, cluster.node(0), stranger)) {
                assertThat(passage.repairedOf(EVENTS))
                        .as("no push reaches it; that the log does is what docs/security.md says of Hazelcast")
                        .isGreaterThanOrEqualTo(EVENTS);
            }
            TestCluster.awaitUntil(PATIENCE, "the refusal is in the log", () -> cluster.node(0)
                    .hasLogged("the event bus refused a connection: its certificate is not believed"));
        }
    }

    /** Who has the secret and a certificate sees what the members share. */
    private static void assertVisited(TestCluster cluster) throws IOException {
        StreamKey stream = new StreamKey("visited", "finance");
        try (Subscriber subscriber = cluster.subscriber(stream.org(), "ann", stream.service());
                ClusterVisitor visitor = cluster.visit()) {
            subscriber.connect(cluster.node(0).uri());
            TestCluster.awaitUntil(
                    PATIENCE, "the visitor sees who wants pushes", () -> visitor.registrations(stream) > 0);
        }
    }

    private static void makeCertificates(Path where) throws IOException, InterruptedException {
        Matcher commands = COMMANDS.matcher(Files.readString(DOCUMENT));
        assertThat(commands.find()).as(DOCUMENT + " has the commands").isTrue();
        Tool.require("openssl");
        Tool.require("bash").check("-ec", "cd " + where + "\n" + commands.group(1));
    }

    /** Publishes through one process, one event after the other, reads on a node, and knows how many of the events that node had to fetch from the log. */
    private static final class Passage implements AutoCloseable {
        private final TestCluster cluster;
        private final URI from;
        private final URI to;
        private final PublishClient client;
        private final Subscriber subscriber;
        private int published;

        Passage(TestCluster cluster, GatewayProcess publisher, GatewayProcess reader) throws Exception {
            this.cluster = cluster;
            from = publisher.uri();
            to = reader.uri();
            String org = "org-" + publisher.name() + "-" + reader.pid();
            client = cluster.publisher(org);
            subscriber = cluster.subscriber(org, "ann", "finance");
            subscriber.connect(to);
        }

        /** How many of these it had to fetch. */
        int repairedOf(int events) throws Exception {
            double before = repaired(cluster, to);
            for (int i = 0; i < events; i++) {
                published++;
                client.publish(
                        from,
                        List.of(PublishClient.event(
                                "finance", "event-" + published, new JsonObject().put("n", published))));
            }
            subscriber.awaitReceived(published, PATIENCE);
            return (int) (repaired(cluster, to) - before);
        }

        /** The first ones wait for a connection and its certificates, longer than the reader waits for them. */
        void awaitFirstPush() throws Exception {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (repairedOf(1) > 0) {
                assertThat(System.nanoTime()).as("a push arrives in time").isLessThan(deadline);
            }
        }

        @Override
        public void close() {
            subscriber.close();
        }
    }

    private static double repaired(TestCluster cluster, URI node) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(node.resolve("/metrics"))
                .timeout(PATIENCE)
                .build();
        return Pattern.compile("^sluice_events_repaired_total (\\S+)$", Pattern.MULTILINE)
                .matcher(cluster.http().send(request, BodyHandlers.ofString()).body())
                .results()
                .map(MatchResult::group)
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .findFirst()
                .orElseThrow();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.MetricsDocument.Row;
import dev.sluice.cli.Scrape.Family;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/metrics.md, and what real processes say when they are asked. */
@Timeout(180)
class MetricsDocumentIT {

    private static final String CLUSTER = "test-" + UUID.randomUUID();
    private static final MetricsDocument DOCUMENT = MetricsDocument.read();
    private static final Node ALL = node(NodeRole.DEMO);
    private static final Node PUBLISHER = node(NodeRole.PUBLISHER);

    @BeforeAll
    static void start() throws Exception {
        ALL.start().await(120, TimeUnit.SECONDS);
        PUBLISHER.start().await(120, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stop() throws Exception {
        PUBLISHER.stop().await(60, TimeUnit.SECONDS);
        ALL.stop().await(60, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(
            value = NodeRole.class,
            names = {"DEMO", "PUBLISHER"})
    void shouldDescribeEveryMetricOfAProcessAndNoOther(NodeRole role) throws Exception {
        Map<String, Family> metrics = scrape(role).metrics();

        assertThat(DOCUMENT.rows().keySet()).as("documented").containsAll(metrics.keySet());
        assertThat(metrics.keySet())
                .as("shown")
                .containsAll(DOCUMENT.rows().entrySet().stream()
                        .filter(row -> row.getValue().isAlwaysThere())
                        .filter(row -> role == NodeRole.DEMO || row.getValue().isOfEveryProcess())
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet()));
    }

    @Test
    void shouldTellTypesAndLabelsAsTheyAre() throws Exception {
        SoftAssertions softly = new SoftAssertions();
        scrape(NodeRole.DEMO).metrics().forEach((name, family) -> {
            Row row = DOCUMENT.rows().getOrDefault(name, Row.NONE);
            softly.assertThat(row.type()).as("type of " + name).isEqualTo(family.type());
            softly.assertThat(row.labels()).as("labels of " + name).isEqualTo(family.labels());
            softly.assertThat(family.help()).as("description of " + name).isNotBlank();
            softly.assertThat(name.endsWith("_total"))
                    .as(name + " ends as a counter does")
                    .isEqualTo(family.type().equals("counter"));
            if (row.unit().matches("seconds|bytes")) {
                softly.assertThat(name).as("has its unit in it").contains(row.unit());
            }
        });
        softly.assertAll();
    }

    @Test
    void shouldShowFromTheStartWhatHasNotHappened() throws Exception {
        String text = text(NodeRole.DEMO);

        assertThat(text)
                .contains(
                        "sluice_sessions_closed_total{code=\"4001\",reason=\"slow_consumer\",transport=\"websocket\"} 0.0",
                        "sluice_sessions_by_transport{transport=\"poll\"} 0.0",
                        "sluice_sessions_sent_away_total{reason=\"drain\"} 0.0",
                        "sluice_gaps_total{reason=\"epoch_changed\"} 0.0",
                        "sluice_gaps_total{reason=\"expired\"} 0.0",
                        "sluice_resumes_total{outcome=\"recovered\",source=\"log\"} 0.0",
                        "sluice_refused_total{reason=\"overloaded\"} 0.0",
                        "sluice_publisher_commits_total{outcome=\"unknown\"} 0.0",
                        "sluice_publisher_rejected_total{cause=\"busy\"} 0.0",
                        "sluice_publisher_requests_total{door=\"events\",status=\"503\"} 0.0");
    }

    @Test
    void shouldTellOfTheCluster() throws Exception {
        for (NodeRole role : new NodeRole[] {NodeRole.DEMO, NodeRole.PUBLISHER}) {
            assertThat(text(role))
                    .contains(
                            "sluice_ready 1.0",
                            "sluice_cluster_members 1.0",
                            "sluice_cluster_quorum 1.0",
                            "sluice_cluster_missing_copies 0.0",
                            "sluice_cluster_owned_shards " + (role == NodeRole.DEMO ? "32.0" : "0.0"));
        }
    }

    /** Its own checks are about names; those of the parts of others are theirs. */
    @Test
    void shouldPassTheChecksOfPrometheus() throws Exception {
        String ours = text(NodeRole.DEMO)
                .lines()
                .filter(line -> line.matches("(# (HELP|TYPE) )?sluice_.*"))
                .collect(Collectors.joining("\n", "", "\n"));

        Promtool.Result result = Promtool.run(ours.getBytes(StandardCharsets.UTF_8), "check", "metrics");

        assertThat(result.output()).isEmpty();
        assertThat(result.code()).isZero();
    }

    private static Scrape scrape(NodeRole role) throws Exception {
        return Scrape.parse(text(role));
    }

    private static String text(NodeRole role) throws Exception {
        int port = (role == NodeRole.DEMO ? ALL : PUBLISHER).port();
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static Node node(NodeRole role) {
        Map<String, String> environment = new HashMap<>();
        environment.put("SLUICE_CLUSTER_NAME", CLUSTER);
        environment.put("SLUICE_CLUSTER_LEAVE_TIMEOUT", "5s");
        environment.put("SLUICE_GATEWAY_PORT", "0");
        environment.put("SLUICE_GATEWAY_DRAIN_WINDOW", "0s");
        environment.put("SLUICE_PUBLISHER_HTTP_PORT", "0");
        environment.put("SLUICE_METRICS_TOP_ORGS", "1");
        environment.put("SLUICE_AUTH_SECRET", "for this test only, and long enough for HS256");
        return new Node(new ConfigSource().load(environment), role);
    }
}

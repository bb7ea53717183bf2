// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.config.ConfigKey;
import dev.sluice.stream.config.ConfigLoader;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The alert rules and the dashboard: what they name exists, and each alert has its runbook. */
@Timeout(60)
class AlertsTest {

    private static final Path ALERTS = Path.of("../deploy/prometheus/alerts.yml");
    private static final Path TESTS = Path.of("../deploy/prometheus/alerts.test.yml");
    private static final Path DASHBOARD = Path.of("../deploy/grafana/sluice.json");
    private static final Path RUNBOOKS = Path.of("../docs/operations.md");

    private static final Pattern SELECTOR =
            Pattern.compile("\\b((?:sluice|jvm|process|system)_[a-z0-9_]+)\\b(?:\\{([^}]*)\\})?");
    private static final Pattern MATCHER = Pattern.compile("([a-z_]+)\\s*(?:=~|!~|!=|=)\\s*\"");
    private static final Set<String> OF_EVERY_SERIES = Set.of("job", "instance", "le");

    private static List<String> all(Path file, String pattern) throws IOException {
        List<String> found = new ArrayList<>();
        Matcher matcher = Pattern.compile(pattern, Pattern.MULTILINE).matcher(Files.readString(file));
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    /** Every series that they select, and every label by which they do. */
    private static void assertDocumented(List<String> expressions) {
        MetricsDocument document = MetricsDocument.read();
        SoftAssertions softly = new SoftAssertions();
        for (String expression : expressions) {
            Matcher selector = SELECTOR.matcher(expression);
            while (selector.find()) {
                MetricsDocument.Row row = document.of(selector.group(1));
                softly.assertThat(row)
                        .as("docs/metrics.md on " + selector.group(1))
                        .isNotNull();
                Matcher label = MATCHER.matcher(selector.group(2) == null ? "" : selector.group(2));
                while (row != null && label.find()) {
                    Set<String> labels = new TreeSet<>(row.labels());
                    labels.addAll(OF_EVERY_SERIES);
                    softly.assertThat(labels).as(selector.group()).contains(label.group(1));
                }
            }
        }
        softly.assertAll();
    }

    @Test
    void shouldUseMetricsThatExistInAlerts() throws IOException {
        List<String> expressions = all(ALERTS, "^ +expr: '(.*)'$");

        assertThat(expressions).hasSameSizeAs(all(ALERTS, "- (alert): "));
        assertDocumented(expressions);
    }

    @Test
    void shouldUseMetricsThatExistInTheDashboard() throws IOException {
        List<String> expressions = dashboard();

        assertThat(expressions).hasSizeGreaterThan(20);
        assertDocumented(expressions);
    }

    private static List<String> dashboard() throws IOException {
        List<String> expressions = new ArrayList<>();
        collect(new JsonObject(Files.readString(DASHBOARD)), expressions);
        return expressions;
    }

    private static void collect(Object json, List<String> expressions) {
        if (json instanceof JsonObject object) {
            for (String name : object.fieldNames()) {
                if (object.getValue(name) instanceof String expression && name.matches("expr|query")) {
                    expressions.add(expression);
                }
                collect(object.getValue(name), expressions);
            }
        } else if (json instanceof JsonArray array) {
            array.forEach(each -> collect(each, expressions));
        }
    }

    @Test
    void shouldHaveARunbookForEachAlertAndNoOther() throws IOException {
        List<String> alerts = all(ALERTS, "- alert: (\\w+)$");

        assertThat(all(RUNBOOKS, "^### (Sluice\\w+)$")).containsExactlyElementsOf(alerts);
        assertThat(all(ALERTS, "runbook_url: docs/operations.md#(\\w+)$"))
                .containsExactlyElementsOf(alerts.stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .toList());
        for (String part : Files.readString(RUNBOOKS).split("\n(?=##)", -1)) {
            if (part.startsWith("### Sluice")) {
                assertThat(part).contains("**Means.**", "**Look at.**", "**Do.**");
            }
        }
    }

    @Test
    void shouldUseMetricsThatExistInRunbooks() throws IOException {
        assertDocumented(all(RUNBOOKS, "`([^`\\n]+)`"));
    }

    @Test
    void shouldNameKeysThatExistInRunbooks() throws IOException {
        Set<String> keys = ConfigLoader.keys(SluiceConfig.defaults()).stream()
                .map(ConfigKey::name)
                .collect(Collectors.toSet());

        assertThat(all(RUNBOOKS, "`((?:cluster|log|gateway|publisher|metrics)\\.[A-Za-z.]+)"))
                .isNotEmpty()
                .allSatisfy(named -> assertThat(keys)
                        .anyMatch(key -> key.equals(named) || (named.endsWith(".") && key.startsWith(named))));
    }

    @Test
    void shouldTestThatEachAlertFiresAndThatItIsQuiet() throws IOException {
        assertThat(all(TESTS, "alertname: (\\w+)\n +exp_alerts:$"))
                .containsExactlyElementsOf(all(ALERTS, "- alert: (\\w+)$"));
        assertThat(all(TESTS, "alertname: (\\w+)\n(?! +exp_alerts:)"))
                .containsExactlyElementsOf(all(ALERTS, "- alert: (\\w+)$"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"check rules alerts.yml", "test rules alerts.test.yml"})
    void shouldPassThePrometheusTool(String arguments) throws Exception {
        Promtool.Result result = Promtool.run(new byte[0], arguments.split(" ", -1));

        assertThat(result.code()).as(result.output()).isZero();
        assertThat(result.output()).contains("SUCCESS");
    }

    /** As rules, for that is what the tool can read. */
    @Test
    void shouldHaveADashboardWhoseExpressionsCanBeRead(@TempDir Path folder) throws Exception {
        StringBuilder rules = new StringBuilder("groups:\n- name: dashboard\n  rules:\n");
        for (String expression : dashboard()) {
            if (!expression.startsWith("label_values(") && !expression.equals("prometheus")) {
                String quoted = expression.replace("$__rate_interval", "1m").replace("'", "''");
                rules.append("  - record: x\n    labels: {n: '")
                        .append(rules.length())
                        .append("'}\n    expr: '");
                rules.append(quoted).append("'\n");
            }
        }
        Path file = Files.writeString(folder.resolve("dashboard.yml"), rules);

        Promtool.Result result = Promtool.run(new byte[0], "check", "rules", file.toString());

        assertThat(result.code()).as(result.output()).isZero();
    }
}

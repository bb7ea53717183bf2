// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.cluster.TestCluster;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Follows {@code docs/operations.md} word for word: every block of <i>Three nodes, step by step</i>, in order, in one shell, against real processes. Only the ports are
 * other ones: 8443, and the first three digits of those that begin with 400 and 570.
 */
@Timeout(900)
@Order(0) // the longest, so it begins in one lane
class OperationsIT {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Pattern STEP = Pattern.compile("^### ([1-9])\\..*\\n([\\s\\S]*?)(?=^##)", Pattern.MULTILINE);
    private static final Pattern BLOCK = Pattern.compile("^```sh\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final List<String> NODES = List.of("node-1", "node-2", "node-3");

    private static final String CONSOLE =
            """
            for name in chromium chromium-browser google-chrome; do CHROMIUM=${CHROMIUM:-$(command -v $name || true)}; done
            if [ -n "$CHROMIUM" ]; then
              SLUICE_URL=https://localhost:%s/ SLUICE_ADMIN=$ADMIN "$SLUICE/browser-client/scripts/test-browser.sh" test-browser/walk-through.test.mjs
            else
              echo 'NOT CHECKED in a browser: there is no Chromium on the PATH; fail 0'
            fi
            """;

    @TempDir
    private Path home;

    private String door;

    @Test
    void shouldBringUpSeeReplaceAndExplainAsTheDocumentSays() throws Exception {
        List.of("haproxy", "openssl", "curl", "jq").forEach(Tool::require);
        Map<Integer, List<String>> steps = steps();
        assertThat(steps.keySet()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);

        try (PastedShell shell = new PastedShell(Tool.ROOT, home)) {
            follow(shell, steps, 1);
            follow(shell, steps, 2);
            assertThat(follow(shell, steps, 3).lines().filter("The configuration is valid."::equals))
                    .hasSize(3);
            assertThat(follow(shell, steps, 4)).contains("node 1 is ready", "node 2 is ready", "node 3 is ready");
            assertThat(follow(shell, steps, 5)).endsWith("{\"status\":\"ready\"}\n");
            assertNodes(follow(shell, steps, 6));
            assertConsoleInChromium(shell);
            List<Long> before = shell.pids();
            assertReplaced(follow(shell, steps, 7), before, shell.pids());
            assertExplained(follow(shell, steps, 8));
            List<Long> running = shell.pids();
            follow(shell, steps, 9);
            TestCluster.awaitUntil(
                    LIMIT, "everything has ended", () -> running.stream().noneMatch(PastedShell::runs));
            NODES.forEach(node -> assertThat(log(node)).doesNotContain("did not stop in time"));
        }
    }

    private static String follow(PastedShell shell, Map<Integer, List<String>> steps, int step)
            throws IOException, InterruptedException {
        System.out.println("operations.md, step " + step);
        StringBuilder printed = new StringBuilder();
        for (String block : steps.get(step)) {
            printed.append(shell.paste(block, LIMIT));
        }
        return printed.toString().replaceAll("\\n+", "\n");
    }

    /** Asked through haproxy, over TLS. */
    private static void assertNodes(String printed) {
        assertThat(printed.lines()).first().isEqualTo("true"); // the quorum
        List<JsonObject> nodes = json(printed);
        assertThat(nodes).extracting(node -> node.getString("name")).containsExactlyInAnyOrderElementsOf(NODES);
        assertThat(nodes).allMatch(node -> node.getBoolean("ready") && node.getBoolean("answers"));
    }

    /** What the document says of the page: with the token of its block, in a real browser, through haproxy. */
    private void assertConsoleInChromium(PastedShell shell) throws IOException, InterruptedException {
        String printed = shell.paste(CONSOLE.formatted(door), LIMIT);

        assertThat(printed).containsAnyOf("pass 1", "NOT CHECKED");
        assertThat(printed).contains("fail 0");
    }

    private void assertReplaced(String printed, List<Long> before, List<Long> after) {
        assertThat(printed).contains("every promise was kept (P1 to P7), and no client noticed an error");
        assertThat(count(printed, "acknowledgedEvents")).isPositive();
        assertThat(count(printed, "subscribersAttachedAtEnd")).isEqualTo(20);
        // Each of the first three had to go at least once, and was asked to: nobody has lost a connection.
        assertThat(count(printed, "resumed")).isPositive();
        assertThat(after.get(0)).as("haproxy is the same").isEqualTo(before.get(0));
        assertThat(after.subList(1, 4)).hasSize(3).doesNotContainAnyElementsOf(before);
        NODES.forEach(node -> {
            List<JsonObject> log = json(log(node));
            assertThat(log)
                    .filteredOn(entry -> "ready".equals(entry.getString("event")))
                    .hasSize(2);
            assertThat(log)
                    .filteredOn(entry -> "sending sessions away".equals(entry.getString("message"))
                            && entry.getInteger("sessions") > 0)
                    .hasSize(1);
        });
    }

    /** The event that Ann did not get is there, and why she did not get it; the one that was never published is not. */
    private static void assertExplained(String printed) {
        List<JsonObject> answers = json(printed).stream()
                .filter(answer -> !answer.containsKey("results"))
                .toList();
        assertThat(answers).hasSize(5);
        assertThat(answers.get(0).getString("outcome")).isEqualTo("found");
        assertThat(answers.get(1).getString("position")).endsWith(":2");
        assertThat(answers.get(2).getString("fate")).isEqualTo("ended_before");
        assertThat(answers.get(2).getJsonObject("ended").getLong("at"))
                .isLessThanOrEqualTo(answers.get(1).getLong("committedAt"));
        assertThat(answers.get(3).getString("fate")).isEqualTo("began_later");
        assertThat(answers.get(3).getString("reason")).isEqualTo("latest");
        assertThat(answers.get(4).getString("outcome")).isEqualTo("not_held");
        assertThat(answers.get(4).getJsonObject("stream").getLong("oldestAt")).isPositive();
    }

    private static List<JsonObject> json(String printed) {
        return printed.lines()
                .filter(line -> line.startsWith("{"))
                .map(line -> new JsonObject(line.substring(0, line.lastIndexOf('}') + 1)))
                .toList();
    }

    private static long count(String printed, String name) {
        Matcher matcher = Pattern.compile("(?m)^" + name + " +([\\d,]+)$").matcher(printed);
        assertThat(matcher.find()).as(name + " in " + printed).isTrue();
        return Long.parseLong(matcher.group(1).replace(",", ""));
    }

    private String log(String node) {
        try {
            return Files.readString(home.resolve("sluice-three").resolve(node + ".log"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The blocks of each step. */
    private Map<Integer, List<String>> steps() throws IOException {
        door = Integer.toString(ProxyProcess.freePort());
        String gateways = freePorts();
        String members = freePorts();
        String document = Files.readString(Tool.ROOT.resolve("docs/operations.md"));
        Map<Integer, List<String>> steps = new LinkedHashMap<>();
        STEP.matcher(document)
                .results()
                .forEach(step -> steps.put(
                        Integer.valueOf(step.group(1)),
                        BLOCK.matcher(step.group(2))
                                .results()
                                .map(block -> block.group(1))
                                .toList()));
        steps.replaceAll((step, blocks) -> blocks.stream()
                .map(block -> block.replace("8443", door)
                        .replaceAll("\\b400(?=[123]\\b|[$\\\\])", gateways)
                        .replaceAll("\\b570(?=[123]\\b|[$\\\\])", members))
                .toList());
        return steps;
    }

    /** What stands before the last digit of three free ports, which is 1, 2 or 3; below those that the system gives to clients. */
    private static String freePorts() {
        while (true) {
            int prefix = ThreadLocalRandom.current().nextInt(1_100, 3_200);
            if (isFree(prefix * 10 + 1) && isFree(prefix * 10 + 2) && isFree(prefix * 10 + 3)) {
                return Integer.toString(prefix);
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the README and the demo tell people to type works as it stands there; only the port is another, for 4000 may be taken. */
@Timeout(120)
class ReadmeIT {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern SHELL = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

    private static Process demo;
    private static int port;
    private static final List<String> BANNER = new ArrayList<>();

    @BeforeAll
    static void startTheDemo() throws IOException {
        ProcessBuilder builder = new ProcessBuilder("./sluice", "demo").directory(ROOT.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("SLUICE_"));
        builder.environment().put("SLUICE_GATEWAY_PORT", "0");
        builder.environment().put("SLUICE_LOG_FORMAT", "json");
        demo = builder.redirectErrorStream(true).start();
        BufferedReader lines = demo.inputReader(StandardCharsets.UTF_8);
        boolean ready = false;
        boolean banner = false;
        while (!ready || !banner) {
            String line = lines.readLine();
            assertThat(line)
                    .as("the demo ended before it was ready: %s", BANNER)
                    .isNotNull();
            if (line.startsWith("{")) {
                JsonObject entry = new JsonObject(line);
                if ("ready".equals(entry.getString("event"))) {
                    ready = true;
                    port = entry.getInteger("port");
                }
            } else {
                BANNER.add(line);
                banner = banner || line.contains("-d '");
            }
        }
    }

    @AfterAll
    static void stopTheDemo() throws InterruptedException {
        demo.destroy();
        assertThat(demo.waitFor(30, TimeUnit.SECONDS))
                .as("the demo stops when asked")
                .isTrue();
    }

    @Test
    void shouldPublishWithTheLinesOfTheReadme() throws IOException, InterruptedException {
        String block = block("/v2/realtime/events").replace("127.0.0.1:4000", "127.0.0.1:" + port);
        JsonObject answer = new JsonObject(run(block));
        JsonObject result = answer.getJsonArray("results").getJsonObject(0);
        assertThat(result.getString("id")).isEqualTo("1");
        assertThat(result.getLong("seq")).isPositive();
        assertThat(result.getBoolean("duplicate")).isFalse();
    }

    @Test
    void shouldPublishWithTheLinesThatTheDemoPrints() throws IOException, InterruptedException {
        String banner = String.join("\n", BANNER);
        String token = line(banner, "export TOKEN=.*");
        String curl = banner.substring(banner.indexOf("curl "));
        JsonObject answer = new JsonObject(run(token + "\n" + curl));
        assertThat(answer.getString("revenueId")).isNotBlank();
        assertThat(answer.getLong("seq")).isPositive();
    }

    @Test
    void shouldServeThePageThatTheDemoNames() throws IOException, InterruptedException {
        String url = line(String.join("\n", BANNER), "http://127\\.0\\.0\\.1:\\d+/");
        assertThat(run("curl -sf " + url)).contains("<title>").contains("Sluice");
    }

    @Test
    void shouldOfferEveryVerbThatTheReadmeNames() throws IOException, InterruptedException {
        String help = run("./sluice --help");
        Matcher verbs = Pattern.compile("`?\\./sluice ([a-z]+)").matcher(readme());
        List<String> named =
                verbs.results().map(found -> found.group(1)).distinct().toList();
        assertThat(named).contains("demo", "node", "publisher", "cluster", "token");
        named.forEach(verb -> assertThat(help).contains(verb));
        for (String verb : named) {
            assertThat(run("./sluice " + verb + " --help")).as(verb).contains("Examples:");
        }
    }

    private static String block(String content) throws IOException {
        return SHELL.matcher(readme())
                .results()
                .map(found -> found.group(1))
                .filter(block -> block.contains(content))
                .findFirst()
                .orElseThrow();
    }

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }

    private static String line(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as("'%s' in: %s", pattern, text).isTrue();
        return matcher.group();
    }

    private static String run(String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bash", "-ec", script)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}

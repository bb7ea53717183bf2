// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.testkit.deploy.Tool;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code .ci/dependencies} against a server that answers as OSV does: what it asks, what it makes of the answers, and that what it could not ask is not called clean. */
@Timeout(120)
class DependenciesScriptTest {

    private static final String LOGBACK = "pkg:maven/ch.qos.logback/logback-core@1.2.0";
    private static final String NETTY = "pkg:maven/io.netty/netty-codec-http@4.2.12.Final";
    private static final String VULNERABILITY = "GHSA-668q-qrv7-99fm";

    /** As OSV answers of it, shortened. */
    private static final JsonObject DETAILS = new JsonObject()
            .put("id", VULNERABILITY)
            .put("summary", "Deserialization of Untrusted Data in logback")
            .put("aliases", new JsonArray().add("CVE-2021-42550"))
            .put("modified", "2024-03-16T05:19:19.462Z");

    @TempDir
    private Path folder;

    private HttpServer osv;
    private final List<JsonObject> asked = new CopyOnWriteArrayList<>();
    private final Map<String, JsonObject> firstPage = new ConcurrentHashMap<>();
    private volatile int status = 200;

    @BeforeEach
    void start() throws IOException {
        osv = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        osv.createContext("/v1/querybatch", exchange -> {
            JsonObject question =
                    new JsonObject(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            asked.add(question);
            JsonArray results = new JsonArray();
            question.getJsonArray("queries").stream()
                    .map(JsonObject.class::cast)
                    .map(this::result)
                    .forEach(results::add);
            answer(exchange, new JsonObject().put("results", results));
        });
        osv.createContext("/v1/vulns/" + VULNERABILITY, exchange -> answer(exchange, DETAILS));
        osv.start();
        Files.writeString(ignored(), "[]");
        bill(LOGBACK, NETTY + "?type=jar");
    }

    @AfterEach
    void stop() {
        osv.stop(0);
    }

    private JsonObject result(JsonObject query) {
        String token = query.getString("page_token");
        if (token != null) {
            return vulnerable();
        }
        return firstPage.getOrDefault(query.getJsonObject("package").getString("purl"), new JsonObject());
    }

    private static JsonObject vulnerable() {
        return new JsonObject()
                .put(
                        "vulns",
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("id", VULNERABILITY)
                                        .put("modified", "2024-03-16T05:19:19.462Z")));
    }

    private void answer(HttpExchange exchange, JsonObject body) throws IOException {
        byte[] bytes = body.encode().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private Path ignored() {
        return folder.resolve("ignored.json");
    }

    private void bill(String... purls) throws IOException {
        JsonArray components = new JsonArray();
        for (String purl : purls) {
            components.add(new JsonObject().put("name", "a library").put("purl", purl));
        }
        Files.writeString(
                folder.resolve("sbom.json"),
                new JsonObject()
                        .put("bomFormat", "CycloneDX")
                        .put("components", components)
                        .encode());
    }

    private void ignore(String id, String reason, String until) throws IOException {
        Files.writeString(
                ignored(),
                new JsonArray()
                        .add(new JsonObject()
                                .put("id", id)
                                .put("reason", reason)
                                .put("until", until))
                        .encode());
    }

    private record Outcome(int code, String output) {}

    private Outcome run() throws Exception {
        Process script = new ProcessBuilder(
                        Tool.ROOT.resolve(".ci/dependencies").toString(),
                        "--osv",
                        "http://127.0.0.1:" + osv.getAddress().getPort(),
                        "--ignored",
                        ignored().toString(),
                        folder.resolve("sbom.json").toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(script.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Outcome(script.exitValue(), output);
    }

    @Test
    void shouldAskForEachPackageByItsUrlAndSayThatNothingIsKnown() throws Exception {
        Outcome outcome = run();

        assertThat(outcome.output()).contains("2 packages checked against", "nothing known");
        assertThat(outcome.code()).isZero();
        assertThat(asked)
                .containsExactly(new JsonObject()
                        .put(
                                "queries",
                                new JsonArray()
                                        .add(new JsonObject().put("package", new JsonObject().put("purl", LOGBACK)))
                                        .add(new JsonObject().put("package", new JsonObject().put("purl", NETTY)))));
    }

    @Test
    void shouldNameWhatIsKnown() throws Exception {
        firstPage.put(LOGBACK, vulnerable());

        Outcome outcome = run();

        assertThat(outcome.output())
                .contains("KNOWN VULNERABILITY: " + LOGBACK + " " + VULNERABILITY
                        + " CVE-2021-42550: Deserialization of Untrusted Data in logback");
        assertThat(outcome.code()).isEqualTo(1);
    }

    @Test
    void shouldReadFurtherPages() throws Exception {
        firstPage.put(NETTY, new JsonObject().put("next_page_token", "page 2"));

        Outcome outcome = run();

        assertThat(outcome.output()).contains("KNOWN VULNERABILITY: " + NETTY);
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(asked).hasSize(2);
    }

    @Test
    void shouldIgnoreUntilItsDayWhatHasAReason() throws Exception {
        firstPage.put(LOGBACK, vulnerable());

        ignore("CVE-2021-42550", "no configuration of strangers is read", "2999-12-31");
        Outcome outcome = run();
        assertThat(outcome.output()).contains("ignored until 2999-12-31", "no configuration of strangers is read");
        assertThat(outcome.code()).isZero();

        ignore("CVE-2021-42550", "no configuration of strangers is read", "2020-01-31");
        outcome = run();
        assertThat(outcome.output()).contains("KNOWN VULNERABILITY", "was ignored until 2020-01-31");
        assertThat(outcome.code()).isEqualTo(1);

        ignore("CVE-2021-42550", " ", "2999-12-31");
        assertThat(run().code()).as("without a reason").isEqualTo(2);
        ignore("CVE-2021-42550", "a reason", "some day");
        assertThat(run().code()).as("without a day").isEqualTo(2);
    }

    @Test
    void shouldTellWhatIsIgnoredForNothing() throws Exception {
        ignore("CVE-2000-1", "long mended", "2999-12-31");

        Outcome outcome = run();

        assertThat(outcome.output()).contains("not found any more, take it out: CVE-2000-1");
        assertThat(outcome.code()).isZero();
    }

    @Test
    void shouldNotCallCleanWhatItCouldNotAsk() throws Exception {
        status = 503;
        notChecked("answered 503");

        status = 200;
        Files.writeString(folder.resolve("sbom.json"), "{}");
        notChecked("no CycloneDX bill of materials");
        bill("pkg:maven/a/b");
        notChecked("no package URL with a version");
        Files.delete(folder.resolve("sbom.json"));
        notChecked("cannot be read");

        bill(LOGBACK);
        osv.stop(0);
        notChecked("ECONNREFUSED");
    }

    private void notChecked(String reason) throws Exception {
        Outcome outcome = run();
        assertThat(outcome.output()).contains("NOT CHECKED: ", reason).doesNotContain("nothing known");
        assertThat(outcome.code()).isEqualTo(2);
    }
}

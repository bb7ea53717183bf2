// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.deploy;

import static dev.sluice.testkit.deploy.Tool.DEPLOY;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.interfaces.YamlText;
import dev.sluice.testkit.cluster.TestCluster;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is under {@code deploy/} for nodes that speak TLS: the probes and haproxy's checks reach a real node, and those for plain HTTP do not. */
@Timeout(240)
class TlsDeployIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final List<String> PROBES = List.of("startupProbe", "livenessProbe", "readinessProbe");

    @TempDir
    private Path folder;

    @BeforeEach
    void makeCertificates() throws Exception {
        Tool openssl = Tool.require("openssl");
        for (String name : List.of("tls", "node")) {
            openssl.check(
                    "req",
                    "-x509",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:P-256",
                    "-nodes",
                    "-days",
                    "2",
                    "-subj",
                    "/CN=localhost",
                    "-addext",
                    "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout",
                    folder.resolve(name + ".key"),
                    "-out",
                    folder.resolve(name + ".pem"));
        }
        Files.copy(folder.resolve("tls.pem"), folder.resolve("tls.crt"));
        Files.copy(folder.resolve("node.pem"), folder.resolve("members.pem"));
        Files.writeString(folder.resolve("secret"), "of this test only, but at least 32 bytes");
    }

    @Test
    void shouldHaveAPatchThatKubernetesAccepts() throws Exception {
        Path merged = folder.resolve("merged.json");
        Files.writeString(merged, statefulSet().encode());

        Tool.requireFromPypi("kubernetes-validate").check("--strict", "-k", "1.30", merged);
    }

    @Test
    void shouldHaveADropInThatSystemdAccepts() throws Exception {
        Path unit = folder.resolve("sluice.service");
        Files.copy(DEPLOY.resolve("systemd/sluice.service"), unit);
        Path dropIn = Files.createDirectory(folder.resolve("sluice.service.d")).resolve("tls.conf");
        Files.copy(DEPLOY.resolve("systemd/tls.conf"), dropIn);

        assertThat(Tool.require("systemd-analyze").check("verify", "--man=no", unit))
                .doesNotContain("sluice.service", "tls.conf");
    }

    @Test
    void shouldReachANodeThatSpeaksTls() throws Exception {
        JsonObject container = container(statefulSet());
        int port = ProxyProcess.freePort();
        Process node = start(container, port);
        try {
            for (String probe : PROBES) {
                JsonObject get = container.getJsonObject(probe).getJsonObject("httpGet");
                String rest = "://127.0.0.1:" + port + get.getString("path");
                TestCluster.awaitUntil(PATIENCE, probe, () -> {
                    assertThat(node.isAlive()).as(this::output).isTrue();
                    return status(get.getString("scheme").toLowerCase(Locale.ROOT) + rest)
                            .equals("200");
                });
                assertThat(status("http" + rest))
                        .as("what " + probe + " is without the patch")
                        .isNotEqualTo("200");
            }
            List<String> nodes = List.of("127.0.0.1:" + port, "127.0.0.1:1", "127.0.0.1:1");
            try (ProxyProcess proxy = ProxyProcess.haproxyToTls(folder, nodes, folder.resolve("tls.pem"))) {
                TestCluster.awaitUntil(PATIENCE, "haproxy finds the node ready and sends clients there", () -> status(
                                proxy.uri() + "/v2/realtime/config")
                        .equals("200"));
            }
            try (ProxyProcess proxy = ProxyProcess.haproxyToTls(folder, nodes, folder.resolve("node.pem"))) {
                TestCluster.awaitUntil(
                        PATIENCE,
                        "haproxy sends nobody to a node that it does not believe",
                        () -> status(proxy.uri() + "/v2/realtime/config").equals("503"));
            }
        } finally {
            node.destroy();
            node.waitFor();
        }
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("node.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As the kubelet asks: whoever signed. */
    private String status(String uri) {
        try {
            Process curl = new ProcessBuilder(Tool.require("curl")
                            .command("-sk", "-m", "5", "-o", "/dev/null", "-w", "%{http_code}", uri))
                    .start();
            String code = new String(curl.getInputStream().readAllBytes(), US_ASCII);
            curl.waitFor();
            return code;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private Process start(JsonObject container, int port) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        System.getProperty("sluice.jar"),
                        "node")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("node.log").toFile());
        Map<String, String> environment = new HashMap<>();
        container.getJsonArray("env").stream()
                .map(JsonObject.class::cast)
                .filter(variable -> variable.getString("name").endsWith("_FILE"))
                .forEach(variable -> environment.put(
                        variable.getString("name"),
                        variable.getString("value").replaceAll("^/run/sluice/(tls|members)", folder.toString())));
        assertThat(environment).hasSize(6);
        environment.put("SLUICE_GATEWAY_PORT", Integer.toString(port));
        environment.put("SLUICE_GATEWAY_DRAIN_WINDOW", "0s");
        environment.put("SLUICE_CLUSTER_MEMBERS", "");
        environment.put("SLUICE_CLUSTER_NAME", "test-" + folder.getFileName());
        environment.put("SLUICE_AUTH_SECRET", "for this test only, and long enough for HS256");
        builder.environment().keySet().removeIf(name -> name.startsWith("SLUICE_"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static JsonObject container(JsonObject set) {
        return (JsonObject) JsonPointer.from("/spec/template/spec/containers/0").queryJson(set);
    }

    /** As {@code kubectl patch} makes it. */
    private static JsonObject statefulSet() throws IOException {
        JsonObject set = YamlText.parse(Files.readString(DEPLOY.resolve("kubernetes/sluice.yaml"))).stream()
                .filter(found -> "StatefulSet".equals(found.getString("kind")))
                .findFirst()
                .orElseThrow();
        return merge(
                set,
                YamlText.parse(Files.readString(DEPLOY.resolve("kubernetes/tls.patch.yaml")))
                        .get(0));
    }

    private static JsonObject merge(JsonObject into, JsonObject patch) {
        patch.forEach(entry -> {
            Object old = into.getValue(entry.getKey());
            if (old instanceof JsonObject section && entry.getValue() instanceof JsonObject changes) {
                merge(section, changes);
            } else if (old instanceof JsonArray list && entry.getValue() instanceof JsonArray changes) {
                mergeByName(list, changes);
            } else {
                into.put(entry.getKey(), entry.getValue());
            }
        });
        return into;
    }

    private static void mergeByName(JsonArray list, JsonArray changes) {
        List<JsonObject> added = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            JsonObject change = changes.getJsonObject(i);
            list.stream()
                    .map(JsonObject.class::cast)
                    .filter(item -> Objects.equals(item.getString("name"), change.getString("name")))
                    .findFirst()
                    .ifPresentOrElse(item -> merge(item, change), () -> added.add(change));
        }
        added.forEach(list::add);
    }
}

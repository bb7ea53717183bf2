// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.deploy;

import static dev.sluice.testkit.deploy.Tool.DEPLOY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.interfaces.YamlText;
import dev.sluice.testkit.cluster.TestCluster;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the Dockerfile, the unit and the manifests, one by one, without a container: on this machine's Java, in a folder that stands for the image's. */
@Timeout(240)
class DeployIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String IN_IMAGE = "/opt/sluice";

    @TempDir
    private Path image;

    @Test
    void shouldTrainStartFromTheArchiveAndStopInOrder() throws Exception {
        Path jar = image.resolve("sluice.jar");
        Files.copy(Path.of(System.getProperty("sluice.jar")), jar, StandardCopyOption.COPY_ATTRIBUTES);
        for (String file : List.of("java.options", "train.sh", "ready.sh")) {
            Files.copy(DEPLOY.resolve("docker").resolve(file), image.resolve(file));
        }
        run(List.of("bash", "train.sh", "sluice.jar", "java.options", "sluice.jsa"), Map.of())
                .succeed();

        // An archive that does not fit is an error with -Xshare:on, where it would be passed over.
        List<String> version = command("ENTRYPOINT");
        version.addAll(1, List.of("-Xshare:on", "-Xlog:class+load:file=" + image.resolve("classes")));
        version.add("version");
        run(version, Map.of()).succeed();
        assertThat(Files.readString(image.resolve("classes")))
                .contains("dev.sluice.cli.Main source: shared objects file (top)");

        int port = ProxyProcess.freePort();
        List<String> node = command("ENTRYPOINT");
        node.addAll(command("CMD"));
        Run started = run(node, environment(port));
        try {
            List<String> ready = new ArrayList<>(command("HEALTHCHECK"));
            ready.set(ready.indexOf("4000"), Integer.toString(port));
            assertThat(run(ready, Map.of()).code()).as("not ready yet").isNotZero();
            TestCluster.awaitUntil(PATIENCE, "ready", () -> {
                assertThat(started.process.isAlive()).as(started::output).isTrue();
                return isReady(ready);
            });
        } finally {
            started.process.destroy();
        }
        assertThat(started.code()).as(started::output).isZero();
        assertThat(started.output()).doesNotContain("[warning][cds");
    }

    private boolean isReady(List<String> check) {
        try {
            return run(check, Map.of()).code() == 0;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldAcceptTheConfigurationOfTheManifestWithTheOptionsOfTheUnit() throws Exception {
        JsonObject map = YamlText.parse(Files.readString(DEPLOY.resolve("kubernetes/sluice.yaml")))
                .get(0);
        Path config = image.resolve("sluice.yaml");
        Files.writeString(config, map.getJsonObject("data").getString("sluice.yaml"));
        Files.copy(DEPLOY.resolve("docker/java.options"), image.resolve("java.options"));
        Files.copy(Path.of(System.getProperty("sluice.jar")), image.resolve("sluice.jar"));
        Matcher start = Pattern.compile("^ExecStart=/usr/bin/(java .*) node$", Pattern.MULTILINE)
                .matcher(Files.readString(DEPLOY.resolve("systemd/sluice.service")));
        assertThat(start.find()).isTrue();
        List<String> command = new ArrayList<>();
        for (String word : start.group(1).split(" ", -1)) {
            command.add(here(word));
        }
        command.addAll(List.of("config", "--check"));
        Map<String, String> environment = Map.of("SLUICE_CONFIG", config.toString(), "SLUICE_CLUSTER_HOST", "10.1.2.3");

        run(command, environment).succeed();
        Run without = run(command, Map.of("SLUICE_CONFIG", config.toString(), "SLUICE_CLUSTER_HOST", "127.0.0.1"));
        assertThat(without.code())
                .as("a loopback address is none that other pods reach")
                .isNotZero();
    }

    private Map<String, String> environment(int port) {
        return Map.of(
                "SLUICE_GATEWAY_PORT", Integer.toString(port),
                "SLUICE_GATEWAY_DRAIN_WINDOW", "0s",
                "SLUICE_CLUSTER_MEMBERS", "",
                "SLUICE_CLUSTER_NAME", "test-" + image.getFileName(),
                "SLUICE_AUTH_SECRET", "for this test only, and long enough for HS256");
    }

    /** The exec form that follows a word of the Dockerfile, in the folder of this test. */
    private List<String> command(String instruction) throws IOException {
        Matcher found = Pattern.compile("(?m)^" + instruction + "[^\\[]*(\\[.*\\])")
                .matcher(Files.readString(DEPLOY.resolve("docker/Dockerfile")));
        assertThat(found.find()).isTrue();
        List<String> words = new ArrayList<>();
        new JsonArray(found.group(1)).forEach(word -> words.add(here(word.toString())));
        return words;
    }

    private String here(String word) {
        return word.equals("java")
                ? Path.of(System.getProperty("java.home"), "bin", "java").toString()
                : word.replace(IN_IMAGE, image.toString());
    }

    private Run run(List<String> command, Map<String, String> environment) throws IOException {
        Path output = Files.createTempFile(image, "output", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(image.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("SLUICE_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        return new Run(command, builder.redirectOutput(output.toFile()).start(), output);
    }

    private record Run(List<String> command, Process process, Path log) {

        int code() throws InterruptedException {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " did not end: " + output());
            }
            return process.exitValue();
        }

        String output() {
            try {
                return Files.readString(log);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        void succeed() throws InterruptedException {
            assertThat(code()).as(command + "\n" + output()).isZero();
        }
    }
}

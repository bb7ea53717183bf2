// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.deploy;

import static dev.sluice.testkit.deploy.Tool.DEPLOY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.gateway.interfaces.YamlText;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is under {@code deploy/} passes the tools of those who will read it, and what must hold between its figures holds. */
@Timeout(120)
class DeployFilesTest {

    @TempDir
    private Path temp;

    @Test
    void shouldHaveADockerfileThatHadolintAccepts() throws Exception {
        Tool.requireFromPypi("hadolint").check(DEPLOY.resolve("docker/Dockerfile"));
    }

    @Test
    void shouldHaveManifestsThatKubernetesAccepts() throws Exception {
        Tool validate = Tool.requireFromPypi("kubernetes-validate");
        // The oldest with a preStop that sleeps, and the newest that the tool knows.
        for (String version : List.of("1.30", "1.37")) {
            validate.check(
                    "--strict",
                    "-k",
                    version,
                    DEPLOY.resolve("kubernetes/sluice.yaml"),
                    DEPLOY.resolve("kubernetes/hpa.yaml"));
        }
    }

    @Test
    void shouldHaveAComposeFileOfTheSpecification() throws Exception {
        String services = Tool.requireFromPypi("python")
                .check(DEPLOY.resolve("tools/check_compose.py"), DEPLOY.resolve("compose/compose.yaml"));

        assertThat(services.strip()).isEqualTo("node-1 node-2 node-3 proxy");
    }

    @Test
    void shouldHaveAFirewallThatNftablesAccepts() throws Exception {
        Tool nft = Tool.require("nft");
        boolean allowed = new ProcessBuilder(nft.command("list", "tables"))
                        .redirectErrorStream(true)
                        .redirectOutput(Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
        if (!allowed) {
            System.out.println("NOT CHECKED: nftables/sluice.nft, for nft wants CAP_NET_ADMIN");
        }
        assumeTrue(allowed, "nft wants CAP_NET_ADMIN");
        nft.check("-c", "-f", DEPLOY.resolve("nftables/sluice.nft"));
    }

    @Test
    void shouldHaveAUnitThatSystemdAccepts() throws Exception {
        Path unit = DEPLOY.resolve("systemd/sluice.service");
        String warnings = Tool.require("systemd-analyze").check("verify", "--man=no", unit);

        assertThat(warnings).doesNotContain("sluice.service");
    }

    @Test
    void shouldHaveAConfigurationThatHaproxyAccepts() throws Exception {
        Path config = temp.resolve("haproxy.cfg");
        Files.writeString(config, ProxyProcess.haproxyConfig(1, List.of("127.0.0.1:2", "127.0.0.1:3", "127.0.0.1:4")));

        Tool.require("haproxy").check("-c", "-f", config);
    }

    @Test
    void shouldHaveAConfigurationThatNginxAccepts() throws Exception {
        Path config = temp.resolve("nginx.conf");
        Files.writeString(config, ProxyProcess.nginxConfig(1, List.of("127.0.0.1:2", "127.0.0.1:3", "127.0.0.1:4")));

        Tool.require("nginx").check("-t", "-e", "stderr", "-c", config, "-g", "pid " + temp.resolve("pid") + ";");
    }

    @Test
    void shouldNeverHaveTwoHalvesThatBothGoOn() throws IOException {
        JsonObject set = resource("sluice.yaml", "StatefulSet");
        JsonObject config = config();
        JsonObject scaler = resource("hpa.yaml", "HorizontalPodAutoscaler");

        assertQuorum(number(config, "/cluster/quorum"), number(set, "/spec/replicas"), number(set, "/spec/replicas"));
        assertQuorum(
                number(scaler, "/metadata/annotations/sluice.dev~1quorum"),
                number(scaler, "/spec/minReplicas"),
                number(scaler, "/spec/maxReplicas"));
    }

    /** More than half of the most, and one of the fewest may be missing. */
    private static void assertQuorum(int quorum, int fewest, int most) {
        assertThat(2 * quorum).isGreaterThan(most);
        assertThat(quorum).isPositive().isLessThan(fewest);
    }

    @Test
    void shouldStartNodesTogetherAndLeaveThemTheTimeToStop() throws IOException {
        JsonObject set = resource("sluice.yaml", "StatefulSet");
        JsonObject config = config();
        JsonObject pod = (JsonObject) at(set, "/spec/template/spec");
        int drain = Integer.parseInt(text(config, "/gateway/drainWindow").replace("s", ""));
        int preStop = number(pod, "/containers/0/lifecycle/preStop/sleep/seconds");

        // A node is ready only with the others.
        assertThat(text(set, "/spec/podManagementPolicy")).isEqualTo("Parallel");
        assertThat(number(resource("sluice.yaml", "PodDisruptionBudget"), "/spec/maxUnavailable"))
                .isEqualTo(1);
        assertThat(preStop).isPositive();
        // The drain, then at most what NodeProcess allows: closing 5 s, publishes 10 s, hand-over 20 s, and 30 s.
        assertThat(number(pod, "/terminationGracePeriodSeconds")).isGreaterThanOrEqualTo(preStop + drain + 65);
        assertThat(Files.readString(DEPLOY.resolve("systemd/sluice.service"))).contains("TimeoutStopSec=120");
    }

    @Test
    void shouldFindTheMembersWhereTheyAre() throws IOException {
        JsonObject config = config();
        JsonObject headless = resources("sluice.yaml").stream()
                .filter(found -> text(found, "/spec/clusterIP").equals("None"))
                .findFirst()
                .orElseThrow();

        assertThat(text(config, "/cluster/kubernetesServiceDns")).isEqualTo(text(headless, "/metadata/name"));
        assertThat(headless.getJsonObject("spec").getBoolean("publishNotReadyAddresses"))
                .isTrue();
        assertThat(number(headless, "/spec/ports/0/port")).isEqualTo(number(config, "/cluster/port"));
        assertThat(number(headless, "/spec/ports/1/port")).isEqualTo(number(config, "/cluster/busPort"));
        assertThat(text(resource("sluice.yaml", "StatefulSet"), "/spec/serviceName"))
                .isEqualTo(text(headless, "/metadata/name"));
    }

    @Test
    void shouldRunNothingInTheDockerfileThatIsNotTestedWithoutContainers() throws IOException {
        List<String> commands = Pattern.compile("^RUN (.*)$", Pattern.MULTILINE)
                .matcher(Files.readString(DEPLOY.resolve("docker/Dockerfile")))
                .results()
                .map(found -> found.group(1))
                .toList();

        // The first is what ./sluice and every build here does; the second, the entry point and the health check are in
        // DeployIT.
        assertThat(commands)
                .containsExactly(
                        "mvn -B -ntp -Dspotless.check.skip=true -DskipTests -pl cli -am package",
                        "bash train.sh sluice.jar java.options sluice.jsa");
    }

    private static JsonObject resource(String file, String kind) throws IOException {
        return resources(file).stream()
                .filter(found -> text(found, "/kind").equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private static List<JsonObject> resources(String file) throws IOException {
        return YamlText.parse(Files.readString(DEPLOY.resolve("kubernetes").resolve(file)));
    }

    private static JsonObject config() throws IOException {
        return YamlText.parse(text(resource("sluice.yaml", "ConfigMap"), "/data/sluice.yaml"))
                .get(0);
    }

    private static Object at(JsonObject json, String pointer) {
        return JsonPointer.from(pointer).queryJson(json);
    }

    private static int number(JsonObject json, String pointer) {
        return Integer.parseInt(text(json, pointer));
    }

    /** Empty when there is none. */
    private static String text(JsonObject json, String pointer) {
        return Optional.ofNullable(at(json, pointer)).map(Object::toString).orElse("");
    }
}

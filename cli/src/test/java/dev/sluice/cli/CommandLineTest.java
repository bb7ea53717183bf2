// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

class CommandLineTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"demo", "node", "publisher", "cluster", "token", "config", "plan", "version"})
    void shouldExplainEachVerbWithExamples(String verb) {
        assertThat(run(verb, "--help")).isZero();

        assertThat(out.toString())
                .contains("Usage: sluice " + verb)
                .containsPattern("Examples?:\n(.*\n)* {2}.*./sluice " + verb);
        assertThat(out.toString().lines()).as("what a narrow terminal shows").allMatch(line -> line.length() <= 80);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldPlanAndDraw() throws IOException {
        Path svg = directory.resolve("plan.svg");

        assertThat(run("plan", "--sessions", "1e6", "--orgs", "1e4", "--growth", "30%", "--plot", svg.toString()))
                .isZero();

        assertThat(out.toString())
                .containsPattern(
                        "(?m)^nodes +\\d+ of 17.18 GB and 4 cores, one of which may fail; (memory|CPU|network) runs out first$")
                .containsPattern("(?m)^sessions +[\\d,]+ +[\\d,]+ +1,300,000$")
                .contains("cluster.quorum: ");
        assertThat(svg).content().startsWith("<svg").endsWith("</svg>\n");
    }

    @Test
    void shouldShowCostsThatItTakesBack() throws IOException {
        assertThat(run("plan", "--show-costs")).isZero();
        Path file = Files.writeString(directory.resolve("costs"), out.toString());
        out.getBuffer().setLength(0);

        assertThat(run("plan", "--sessions", "1e5", "--orgs", "100", "--costs", file.toString()))
                .isZero();

        assertThat(out.toString()).contains("nodes ");
    }

    @Test
    void shouldListAllVerbs() {
        assertThat(run("--help")).isZero();

        assertThat(out.toString())
                .contains("demo", "node", "publisher", "cluster", "token", "config", "plan", "version");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            ``                        | say which verb; ./sluice demo is a good start              | sluice
            dmeo                      | Unmatched argument at index 0: 'dmeo'                      | sluice
            cluster                   | Missing required parameter: 'N'                            | sluice cluster
            cluster three             | Invalid value for positional parameter at index 0 (N): 'three' is not an int | sluice cluster
            cluster 0                 | a cluster has 1 to 20 nodes, not 0                         | sluice cluster
            cluster 21                | a cluster has 1 to 20 nodes, not 21                        | sluice cluster
            cluster 3 --port 65533    | --port must be 1 to 65532, is 65533                        | sluice cluster
            cluster 3 --cluster-port 0 | --cluster-port must be 1 to 65532, is 0                   | sluice cluster
            config                    | `Error: Missing required argument (specify one of these): (--print | --check)` | sluice config
            token --ttl soon          | Invalid value for option '--ttl': 'soon' is no duration such as 15m or 12h | sluice token
            token --ttl 0s            | --ttl must be positive                                     | sluice token
            token --services Finance  | --services: 'Finance' must match [a-z][a-z0-9-]{0,62}      | sluice token
            plan                      | say how many --sessions and --orgs                         | sluice plan
            plan --sessions many      | Invalid value for option '--sessions': 'many' is no number such as 250000, 1e6, 250k, 16GiB, 10Gbit or 60% | sluice plan
            plan --sessions 0 --orgs 1 | --sessions must be 1 to 1000000000, is 0                  | sluice plan
            plan --sessions 1 --orgs 1 --streams 6 | --streams must not be more than --services: a session cannot listen to 6 streams of 5 | sluice plan
            plan --sessions 1 --orgs 1 --utilisation 96% | --utilisation must be 0.1 to 0.95, is 0.96 | sluice plan
            plan --sessions 1 --orgs 1 --growth -1 | --growth must be 0% to 10000%                | sluice plan
            plan --sessions 1e6 --orgs 1e6 --events 1e6 | not even 1000 nodes of this size are enough | sluice plan
            token --scope admin       | --scope: 'admin' must be realtime:read, realtime:publish or realtime:admin | sluice token
            """)
    void shouldSayInOneLineWhatIsWrongAndWhereToReadMore(String arguments, String message, String command) {
        assertThat(run(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1)))
                .isEqualTo(2);

        assertThat(err.toString().lines()).first().asString().startsWith(message);
        assertThat(err.toString().lines()).last().isEqualTo("`./" + command + " --help` explains, with examples.");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shouldGuessTheVerbThatWasMeant() {
        assertThat(run("clutser", "3")).isEqualTo(2);

        assertThat(err.toString()).contains("cluster");
    }

    @Test
    void shouldPrintAConfigurationThatCanBeRead() throws IOException {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), "gateway: {port: 4100}\n");

        assertThat(run("config", "--print", "--config", file.toString())).isZero();
        Path printed = Files.writeString(directory.resolve("printed.yaml"), out.toString());

        assertThat(out.toString()).contains("port: 4100");
        assertThat(run("config", "--check", "--config", printed.toString())).isZero();
        assertThat(out.toString()).endsWith("The configuration is valid." + System.lineSeparator());
    }

    @Test
    void shouldRefuseAWrongConfigurationWithoutAStackTrace() throws IOException {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), "gateway: {prot: 4100}\n");

        assertThat(run("node", "--config", file.toString())).isEqualTo(2);

        assertThat(err.toString().lines())
                .containsExactly(
                        "configuration: unknown key 'gateway.prot' in " + file + "; did you mean 'gateway.port'?",
                        "Every key is explained in docs/configuration.md; `./sluice config --print` shows what is in effect.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"node", "publisher"})
    void shouldSayWhatToDoWithoutExactlyOneSourceOfKeys(String verb) throws IOException {
        Path file = Files.writeString(
                directory.resolve("sluice.yaml"),
                "auth: {jwksFile: keys.json, jwksUrl: \"https://example.com/keys\"}\n");

        assertThat(run(verb, "--config", file.toString())).isEqualTo(2);

        assertThat(err.toString().lines())
                .first()
                .asString()
                .startsWith("configuration: set exactly one of auth.secret, auth.jwksFile and auth.jwksUrl")
                .contains("openssl rand");
    }

    @Test
    void shouldCheckTheClusterFile() throws IOException {
        Path cluster = Files.writeString(directory.resolve("cluster.xml"), "<hazelcast/>");
        Path file = Files.writeString(directory.resolve("sluice.yaml"), "cluster: {configFile: \"" + cluster + "\"}\n");

        assertThat(run("config", "--check", "--config", file.toString())).isEqualTo(2);

        assertThat(err.toString()).contains("is not a valid Hazelcast configuration");
    }

    @Test
    void shouldSayWhichReleaseItIs() {
        assertThat(run("version")).isZero();

        assertThat(out.toString()).startsWith("sluice ").contains("java " + System.getProperty("java.version"));
    }

    @Test
    void shouldMintATokenThatMayReadAndPublishByDefault() {
        assertThat(run("token")).isZero();

        JsonObject claims = claims(out.toString());
        assertThat(claims.getString("org")).isEqualTo("42");
        assertThat(claims.getString("scope").split(" ", -1))
                .containsExactlyInAnyOrder("realtime:read", "realtime:publish");
        assertThat(claims.getString("sub")).isEqualTo("visitor");
        assertThat(claims.containsKey("services")).isFalse();
        assertThat(timeLeft(claims)).isBetween(Duration.ofHours(12).minusMinutes(1), Duration.ofHours(12));
    }

    @Test
    void shouldMintTheTokenThatWasAskedFor() {
        assertThat(run(
                        "token",
                        "--org",
                        "7",
                        "--sub",
                        "alice",
                        "--services",
                        "finance,staff",
                        "--scope",
                        "realtime:read realtime:admin",
                        "--ttl",
                        "15m"))
                .isZero();

        JsonObject claims = claims(out.toString());
        assertThat(claims.getString("org")).isEqualTo("7");
        assertThat(claims.getString("sub")).isEqualTo("alice");
        assertThat(claims.getJsonArray("services"))
                .isEqualTo(new JsonArray().add("finance").add("staff"));
        assertThat(claims.getString("scope").split(" ", -1))
                .containsExactlyInAnyOrder("realtime:read", "realtime:admin");
        assertThat(timeLeft(claims)).isBetween(Duration.ofMinutes(14), Duration.ofMinutes(15));
    }

    @Test
    void shouldMintATokenOfNobodyWhenTheUserIsEmpty() {
        assertThat(run("token", "--sub", "")).isZero();

        assertThat(claims(out.toString()).containsKey("sub")).isFalse();
    }

    @Test
    void shouldSignWithTheSecretOfAFile() throws Exception {
        String secret = "0123456789abcdef0123456789abcdef";
        Path file = Files.writeString(directory.resolve("secret"), secret + "\n");

        assertThat(run("token", "--secret-file", file.toString(), "--scope", "realtime:admin"))
                .isZero();

        String[] parts = out.toString().strip().split("\\.", -1);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] signature = mac.doFinal((parts[0] + "." + parts[1]).getBytes(StandardCharsets.UTF_8));
        assertThat(parts[2]).isEqualTo(Base64.getUrlEncoder().withoutPadding().encodeToString(signature));
        assertThat(claims(out.toString()).getString("scope")).isEqualTo("realtime:admin");
    }

    @Test
    void shouldNotSignWithASecretThatNodesWouldRefuse() throws IOException {
        Path file = Files.writeString(directory.resolve("secret"), "0123456789abcdef0123456789abcde\n");

        assertThat(run("token", "--secret-file", file.toString())).isEqualTo(1);
        assertThat(run("token", "--secret-file", directory.resolve("none").toString()))
                .isEqualTo(1);
        assertThat(run("token", "--cluster", "--secret-file", file.toString())).isEqualTo(2);

        assertThat(err.toString().lines())
                .contains(
                        file + " must have at least 32 bytes; make a new one: openssl rand -hex 32",
                        "there is no " + directory.resolve("none"));
        assertThat(out.toString()).isEmpty();
    }

    private int run(String... arguments) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
        return commandLine.execute(arguments);
    }

    private static JsonObject claims(String token) {
        byte[] json = Base64.getUrlDecoder().decode(token.strip().split("\\.", -1)[1]);
        return new JsonObject(new String(json, StandardCharsets.UTF_8));
    }

    private static Duration timeLeft(JsonObject claims) {
        return Duration.between(Instant.now(), Instant.ofEpochSecond(claims.getLong("exp")));
    }
}

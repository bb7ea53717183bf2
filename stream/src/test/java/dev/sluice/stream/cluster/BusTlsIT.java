// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.stream.config.ConfigLoader;
import dev.sluice.stream.tls.TestAuthority;
import dev.sluice.stream.tls.TestCertificates;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The event bus between members that show certificates, and those that others show. */
@Timeout(180)
class BusTlsIT {

    record Root(ClusterOptions cluster) {}

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ADDRESS = "greet";

    private static TestAuthority authority;
    private static TestAuthority other;

    @TempDir
    private Path folder;

    private final String clusterName = "test-" + UUID.randomUUID();
    private final List<ClusterNode> nodes = new ArrayList<>();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(BusTlsIT.class.getPackageName());

    @BeforeAll
    static void make(@TempDir Path stores) {
        authority = TestAuthority.make(stores, "ours");
        other = TestAuthority.make(stores, "theirs");
    }

    @BeforeEach
    void listen() {
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
    }

    @AfterEach
    void leaveAll() throws Exception {
        logger.detachAppender(lines);
        logger.setLevel(null); // its parent's
        for (ClusterNode node : nodes) {
            node.leave().await(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldTalkToMembersAndNotToAStranger() throws Exception {
        ClusterNode first = member("first");
        ClusterNode second = member("second");
        List<String> heard = answer(first, ADDRESS);
        // Hazelcast lets it in and tells it everything there is to know of the bus; it believes everybody.
        ClusterNode stranger = joined(join(Map.of()).vertxOptions(options -> {
            TestCertificates shown = other.issue("mallory");
            EventBusOptions bus = options.getEventBusOptions();
            bus.setSsl(true)
                    .setTrustAll(true)
                    .setKeyCertOptions(new PemKeyCertOptions()
                            .addCertValue(Buffer.buffer(shown.certificate()))
                            .addKeyValue(Buffer.buffer(shown.key())));
        }));
        List<String> overheard = answer(stranger, "mallory");

        assertThat(ask(second, ADDRESS, "good")).isEqualTo("heard good");
        // Asked together, for each is given up only after its whole timeout.
        Future<String> evil = request(stranger, ADDRESS, "evil", Duration.ofSeconds(10));
        Future<String> secret = request(first, "mallory", "a secret", Duration.ofSeconds(10));
        assertThatExceptionOfType(ReplyException.class).isThrownBy(() -> evil.await(60, TimeUnit.SECONDS));
        assertThatExceptionOfType(Exception.class).isThrownBy(() -> secret.await(60, TimeUnit.SECONDS));
        assertThat(ask(second, ADDRESS, "better")).isEqualTo("heard better");

        assertThat(heard).containsExactly("good", "better");
        assertThat(overheard).isEmpty();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(lines.list)
                .filteredOn(line -> line.getMessage().equals(WatchedTrust.REFUSED))
                .isNotEmpty()
                .allSatisfy(line ->
                        assertThat(line.getKeyValuePairs().toString()).contains("CN=mallory", "127.0.0.1", "cause")));
    }

    @Test
    void shouldAnswerNothingToWhoSpeaksInTheClear() throws Exception {
        ClusterNode first = member("first");
        int port = BusSockets.of(first.vertx()).server().actualPort();

        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write("hello, is anybody there?\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(rest(socket)).as("at most the alert of TLS").hasSizeLessThan(16);
        }
    }

    private static byte[] rest(Socket socket) throws IOException {
        try (InputStream in = socket.getInputStream()) {
            return in.readAllBytes();
        } catch (SocketException e) {
            return new byte[0]; // closed before all was read that we wrote
        }
    }

    @Test
    void shouldShowAndBelieveOtherCertificatesWithoutARestart() throws Exception {
        ClusterNode first = member("first");
        answer(first, "first");

        // In this order an authority is replaced: all believe both, then all show the new, then the old is taken out.
        write("first", other.issue("first"), authority.certificate() + other.certificate());
        await().atMost(PATIENCE).until(() -> lines.list.stream()
                .anyMatch(line -> line.getMessage().equals(BusTls.RENEWED)));
        ClusterNode second = joined(join(write("second", other.issue("second"), other.certificate())));
        answer(second, "second");

        assertThat(ask(second, "first", "a"))
                .as("first's server shows the new one")
                .isEqualTo("heard a");
        assertThat(ask(first, "second", "b")).as("first's client, too").isEqualTo("heard b");
    }

    @Test
    void shouldKeepItsCertificateWhileTheFilesAreOfNoUse() throws Exception {
        ClusterNode first = member("first");
        answer(first, ADDRESS);

        Files.writeString(folder.resolve("first.pem"), other.issue("first").certificate());
        await().atMost(PATIENCE).until(() -> lines.list.stream()
                .anyMatch(line -> line.getMessage().equals(BusTls.KEPT)));

        assertThat(ask(member("second"), ADDRESS, "good")).isEqualTo("heard good");
    }

    private ClusterNode member(String name) throws Exception {
        return joined(join(write(name, authority.issue(name), authority.certificate())));
    }

    private Map<String, String> write(String name, TestCertificates shown, String believed) throws IOException {
        Path certificate = folder.resolve(name + ".pem");
        Path key = folder.resolve(name + ".key");
        Path trust = folder.resolve(name + ".trust");
        Files.writeString(trust, believed);
        shown.write(certificate, key);
        return Map.of(
                "SLUICE_CLUSTER_BUS_TLS_CERTIFICATE_FILE", certificate.toString(),
                "SLUICE_CLUSTER_BUS_TLS_KEY_FILE", key.toString(),
                "SLUICE_CLUSTER_BUS_TLS_TRUST_FILE", trust.toString(),
                "SLUICE_CLUSTER_BUS_TLS_CHECK_INTERVAL", "1s");
    }

    private ClusterJoin join(Map<String, String> tls) {
        Map<String, String> environment = new HashMap<>(tls);
        environment.put("SLUICE_CLUSTER_NAME", clusterName);
        environment.put("SLUICE_CLUSTER_PORT", Integer.toString(ForkPorts.first()));
        environment.put("SLUICE_CLUSTER_LEAVE_TIMEOUT", "5s");
        Root root = ConfigLoader.load(new Root(ClusterOptions.defaults()), Optional.empty(), environment);
        return new ClusterJoin(root.cluster(), RuntimeOptions.defaults());
    }

    private ClusterNode joined(ClusterJoin join) throws Exception {
        ClusterNode node = join.join().await(60, TimeUnit.SECONDS);
        nodes.add(node);
        return node;
    }

    private static List<String> answer(ClusterNode node, String address) throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        node.vertx()
                .eventBus()
                .<String>consumer(address, message -> {
                    heard.add(message.body());
                    message.reply("heard " + message.body());
                })
                .completion()
                .await(60, TimeUnit.SECONDS);
        return heard;
    }

    private static String ask(ClusterNode node, String address, String what) throws Exception {
        return request(node, address, what, PATIENCE).await(90, TimeUnit.SECONDS);
    }

    private static Future<String> request(ClusterNode node, String address, String what, Duration timeout) {
        return node.vertx()
                .eventBus()
                .<String>request(address, what, new DeliveryOptions().setSendTimeout(timeout.toMillis()))
                .map(Message::body);
    }
}

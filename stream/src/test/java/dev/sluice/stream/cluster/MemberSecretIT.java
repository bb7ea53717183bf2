// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.stream.cluster.MemberSecret.StrangerException;
import dev.sluice.stream.config.ConfigLoader;
import dev.sluice.stream.config.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Who connects to the port of the members, and what he must know; over sockets, and with Hazelcast. */
@Timeout(180)
class MemberSecretIT {

    private static final String OURS = "the secret of this cluster, of 32 bytes and more";
    private static final String THEIRS = "another secret, also of 32 bytes, as it has to be";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    record Root(ClusterOptions cluster) {}

    private final String clusterName = "test-" + UUID.randomUUID();
    private final List<ClusterNode> nodes = new ArrayList<>();
    private ServerSocketChannel listener;

    @BeforeEach
    void open() throws IOException {
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws Exception {
        listener.close();
        for (ClusterNode node : nodes) {
            node.leave().await(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldLetInWhoKnowsTheSecretAndReadNoByteOfWhatFollows() throws Exception {
        try (SocketChannel connecting = SocketChannel.open(listener.getLocalAddress());
                SocketChannel accepted = listener.accept()) {
            CompletableFuture<Void> accepting = accept(accepted, secret(OURS, "sluice"));
            secret(OURS, "sluice").onConnect(connecting.socket());
            accepting.get(60, TimeUnit.SECONDS);

            connecting.socket().getOutputStream().write('x');
            assertThat(accepted.socket().getInputStream().read()).isEqualTo('x');
            accepted.socket().getOutputStream().write('y');
            assertThat(connecting.socket().getInputStream().read()).isEqualTo('y');
            assertThat(accepted.socket().getSoTimeout()).isZero();
            assertThat(connecting.socket().getSoTimeout()).isZero();
        }
    }

    @Test
    void shouldRefuseAnotherSecretAndAnotherCluster() throws Exception {
        for (MemberSecret other : List.of(secret(THEIRS, "sluice"), secret(OURS, "staging"))) {
            try (SocketChannel connecting = SocketChannel.open(listener.getLocalAddress());
                    SocketChannel accepted = listener.accept()) {
                CompletableFuture<Void> accepting = accept(accepted, secret(OURS, "sluice"));
                assertThatExceptionOfType(StrangerException.class)
                        .as("who connects looks, too")
                        .isThrownBy(() -> other.onConnect(connecting.socket()))
                        .withMessageContaining("cluster.secret");
                connecting.shutdownOutput(); // it goes away
                assertThatExceptionOfType(ExecutionException.class)
                        .isThrownBy(() -> accepting.get(60, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void shouldRefuseWhoGoesOnWithoutAProof() throws Exception {
        try (SocketChannel connecting = SocketChannel.open(listener.getLocalAddress());
                SocketChannel accepted = listener.accept()) {
            CompletableFuture<Void> accepting = accept(accepted, secret(OURS, "sluice"));
            byte[] answer = greet(connecting.socket());
            byte[] proofOfTheOther = Arrays.copyOfRange(answer, 32, 64);

            connecting.socket().getOutputStream().write(proofOfTheOther); // sent back

            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> accepting.get(60, TimeUnit.SECONDS))
                    .withCauseInstanceOf(StrangerException.class);
        }
    }

    @Test
    void shouldRefuseWhoSpeaksAsHazelcastDoesAndWhoSaysNothing() throws Exception {
        try (SocketChannel connecting = SocketChannel.open(listener.getLocalAddress());
                SocketChannel accepted = listener.accept()) {
            CompletableFuture<Void> accepting = accept(accepted, secret(OURS, "sluice"));
            connecting.socket().getOutputStream().write("HZC and more".getBytes(US_ASCII));
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> accepting.get(60, TimeUnit.SECONDS))
                    .withCauseInstanceOf(StrangerException.class);
        }
        try (SocketChannel connecting = SocketChannel.open(listener.getLocalAddress());
                SocketChannel accepted = listener.accept()) {
            MemberSecret impatient = new MemberSecret(new Secret(OURS), "sluice", Duration.ofMillis(200));
            assertThat(connecting.isConnected()).isTrue();
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> accept(accepted, impatient).get(60, TimeUnit.SECONDS))
                    .withMessageContaining("time");
        }
    }

    @Test
    void shouldNotLetStrangersHoldMoreThreadsThanItsShare() throws Exception {
        MemberSecret door = secret(OURS, "sluice");
        List<SocketChannel> strangers = new ArrayList<>();
        List<CompletableFuture<Void>> held = new ArrayList<>();
        try {
            for (int i = 0; i < MemberSecret.MAX_WAITING; i++) {
                SocketChannel stranger = SocketChannel.open(listener.getLocalAddress());
                strangers.add(stranger);
                held.add(accept(listener.accept(), door));
                greet(stranger.socket()); // it is inside, and waits for the proof
            }
            SocketChannel one = SocketChannel.open(listener.getLocalAddress());
            strangers.add(one);
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> accept(listener.accept(), door).get(60, TimeUnit.SECONDS))
                    .withMessageContaining("too many");
            assertThat(held).noneMatch(CompletableFuture::isDone);
        } finally {
            for (SocketChannel stranger : strangers) {
                stranger.close();
            }
        }
        for (CompletableFuture<Void> each : held) {
            assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> each.get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void shouldFormAClusterOfThoseWhoKnowTheSecretOnly() throws Exception {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        Logger logger = (Logger) LoggerFactory.getLogger("com.hazelcast.internal.server.tcp");
        logger.addAppender(lines);
        try {
            ClusterNode first = join(Map.of("SLUICE_CLUSTER_SECRET", OURS));
            ClusterNode without = join(Map.of());
            ClusterNode other = join(Map.of("SLUICE_CLUSTER_SECRET", THEIRS));
            assertThat(List.of(first.memberCount(), without.memberCount(), other.memberCount()))
                    .as("each for itself")
                    .containsExactly(1, 1, 1);

            ClusterNode second = join(Map.of("SLUICE_CLUSTER_SECRET", OURS));
            assertThat(second.memberCount()).isEqualTo(2);
            await().atMost(PATIENCE).until(() -> first.memberCount() == 2);
            assertThat(without.memberCount()).isEqualTo(1);
            assertThat(other.memberCount()).isEqualTo(1);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anyMatch(line -> line.contains("it does not know the secret of this cluster"))
                    .noneMatch(line -> line.contains(OURS) || line.contains(THEIRS)));
        } finally {
            logger.detachAppender(lines);
        }
    }

    /** Says hello as who connects does, and reads the number and the proof of the other. */
    private static byte[] greet(Socket socket) throws IOException {
        byte[] hello = Arrays.copyOf("SLUICE-1".getBytes(US_ASCII), 8 + 32);
        socket.getOutputStream().write(hello);
        return socket.getInputStream().readNBytes(64);
    }

    private static MemberSecret secret(String secret, String cluster) {
        return new MemberSecret(new Secret(secret), cluster, PATIENCE);
    }

    private static CompletableFuture<Void> accept(SocketChannel accepted, MemberSecret door) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        door.onAccept(accepted.socket());
                        done.complete(null);
                    } catch (IOException e) {
                        done.completeExceptionally(e);
                    }
                })
                .start();
        return done;
    }

    private ClusterNode join(Map<String, String> keys) throws Exception {
        Map<String, String> environment = new HashMap<>(keys);
        environment.put("SLUICE_CLUSTER_NAME", clusterName);
        environment.put("SLUICE_CLUSTER_PORT", Integer.toString(ForkPorts.first()));
        environment.put("SLUICE_CLUSTER_LEAVE_TIMEOUT", "5s");
        Root root = ConfigLoader.load(new Root(ClusterOptions.defaults()), Optional.empty(), environment);
        ClusterNode node = new ClusterJoin(root.cluster(), RuntimeOptions.defaults())
                .join()
                .await(60, TimeUnit.SECONDS);
        nodes.add(node);
        return node;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.network;

import static dev.sluice.testkit.network.VirtualNetwork.CLIENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** The wire with real sockets in real namespaces. */
@Isolated
@Timeout(60)
class VirtualNetworkIT {

    private static final List<Integer> HUNDRED = IntStream.range(0, 100).boxed().toList();

    private final List<Process> processes = new ArrayList<>();
    private VirtualNetwork network;

    @BeforeEach
    void connect() throws IOException {
        assumeTrue(
                VirtualNetwork.unavailable().isEmpty(),
                () -> "no virtual networks here: "
                        + VirtualNetwork.unavailable().orElseThrow());
        network = VirtualNetwork.create(List.of("a", "b"), 1);
    }

    @AfterEach
    void disconnect() throws IOException {
        if (network != null) {
            network.close();
            assertThat(processes).as("what ran on the hosts").noneMatch(Process::isAlive);
            assertThat(Namespaces.list()).doesNotContain(Namespaces.name(1, "a"), Namespaces.name(1, "b"));
        }
    }

    @Test
    void everythingShouldArriveInOrderWhenNoRuleIsSet() throws Exception {
        echoOn("a");
        assertThat(fromClients(100)).isEqualTo(HUNDRED);
        assertThat(network.wire().passed(CLIENTS, "a")).isEqualTo(100);
        assertThat(network.wire().passed("a", CLIENTS)).isEqualTo(100);
    }

    @Test
    void cutShouldBeOneWayAndEndWhenTheWireIsCleared() throws Exception {
        echoOn("a");
        network.wire().change("a", CLIENTS, rule -> rule.withCut(true));
        assertThat(fromClients(100)).isEmpty();
        assertThat(network.wire().passed(CLIENTS, "a")).isEqualTo(100);
        assertThat(network.wire().dropped("a", CLIENTS))
                .as("it heard them and answered")
                .isEqualTo(100);
        assertThat(fromHost("b", 100)).as("other pairs are not concerned").isEqualTo(HUNDRED);
        network.wire().clear();
        assertThat(fromClients(100)).isEqualTo(HUNDRED);
    }

    @Test
    void lossShouldLoseTheSameWhenTheSeedIsTheSame() throws Exception {
        List<List<Integer>> received = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            try (VirtualNetwork other = VirtualNetwork.create(List.of("a"), 42)) {
                other.wire().change(CLIENTS, "a", rule -> rule.withLoss(30));
                echoOn(other, "a");
                try (DatagramSocket socket = new DatagramSocket()) {
                    received.add(UdpHost.send(socket, other.address("a"), 200));
                }
                assertThat(other.wire().dropped(CLIENTS, "a"))
                        .isEqualTo(200 - received.get(round).size());
            }
        }
        assertThat(received.get(0)).hasSizeBetween(110, 170).isSorted().isEqualTo(received.get(1));
    }

    @Test
    void delayShouldHoldEachPacketThatLong() throws Exception {
        echoOn("a");
        both(rule -> rule.withDelay(Duration.ofMillis(60), Duration.ZERO));
        long start = System.nanoTime();
        try (DatagramSocket socket = new DatagramSocket()) {
            assertThat(UdpHost.send(socket, network.address("a"), 1)).containsExactly(0);
        }
        long tookMs = (System.nanoTime() - start) / 1_000_000;
        // The helper waits 700 ms for more.
        assertThat(tookMs).isBetween(820L, 1_500L);
        assertThat(fromClients(100)).as("a delay alone keeps the order").isEqualTo(HUNDRED);
    }

    @Test
    void reorderShouldChangeTheOrderAndLoseNothing() throws Exception {
        echoOn("a");
        network.wire().change(CLIENTS, "a", rule -> rule.withReorder(30));
        List<Integer> received = fromClients(100);
        assertThat(received).containsExactlyInAnyOrderElementsOf(HUNDRED).isNotEqualTo(HUNDRED);
    }

    @Test
    void duplicateShouldDeliverTwice() throws Exception {
        echoOn("a");
        network.wire().change(CLIENTS, "a", rule -> rule.withDuplicate(100));
        List<Integer> received = fromClients(100);
        assertThat(received).hasSize(200);
        assertThat(new HashSet<>(received)).hasSize(100);
    }

    @Test
    void leftoversOfADeadProcessShouldBeRemovedWithWhatRunsInThem() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        String leftover = "sluice-test-" + dead.pid() + "-1-a";
        String foreign = "not-sluice-" + dead.pid() + "-1-a";
        Namespaces.add(leftover);
        Namespaces.add(foreign);
        Process orphan = new ProcessBuilder("ip", "netns", "exec", leftover, "sleep", "600").start();
        try (VirtualNetwork other = VirtualNetwork.create(List.of("c"), 1)) {
            assertThat(Namespaces.list()).doesNotContain(leftover).contains(foreign);
            assertThat(orphan.waitFor()).isEqualTo(137);
            assertThat(other.hosts()).containsExactly(CLIENTS, "c");
        } finally {
            Namespaces.remove(foreign);
        }
    }

    @Test
    void ruleShouldBeRefusedWhenItsHostIsUnknown() {
        assertThatThrownBy(() -> network.wire().change("a", "nobody", rule -> rule))
                .hasMessageContaining("nobody");
    }

    private void both(UnaryOperator<LinkRule> change) {
        network.wire().change(CLIENTS, "a", change);
        network.wire().change("a", CLIENTS, change);
    }

    private List<Integer> fromClients(int count) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            return UdpHost.send(socket, network.address("a"), count);
        }
    }

    private List<Integer> fromHost(String host, int count) throws Exception {
        Process sender = run(network, host, "send", network.address("a"), Integer.toString(count));
        try (BufferedReader lines = sender.inputReader()) {
            return Arrays.stream(lines.readLine().split(" "))
                    .map(Integer::valueOf)
                    .toList();
        }
    }

    private void echoOn(String host) throws Exception {
        echoOn(network, host);
    }

    private void echoOn(VirtualNetwork where, String host) throws Exception {
        Process echo = run(where, host, "echo");
        assertThat(echo.inputReader().readLine()).isEqualTo("listening");
    }

    private Process run(VirtualNetwork where, String host, String... arguments) throws IOException, URISyntaxException {
        List<String> command = new ArrayList<>(where.enter(host));
        Path classes = Path.of(UdpHost.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        command.addAll(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx32m",
                "-cp",
                classes.toString(),
                UdpHost.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        processes.add(process);
        return process;
    }
}

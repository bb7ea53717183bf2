// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sluice.cli.CommandFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LocalClusterTest {

    private static final List<String> NOTHING = List.of();

    private final StringWriter out = new StringWriter();

    @Test
    void shouldStartNothingWhenAPortIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();

            assertThatExceptionOfType(CommandFailure.class)
                    .isThrownBy(() -> cluster(new LocalClusterPlan(1, port, 1024), "no such program")
                            .start())
                    .withMessage("port " + port + " is taken; choose others with --port");
            assertThatExceptionOfType(CommandFailure.class)
                    .isThrownBy(() -> cluster(new LocalClusterPlan(1, freePort(), port), "no such program")
                            .start())
                    .withMessage("port " + port + " is taken; choose others with --cluster-port");
        }
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shouldShowTheOutputOfANodeThatEndsTooEarly() throws Exception {
        LocalCluster cluster = cluster(new LocalClusterPlan(1, freePort(), freePort()), "sh", "-c", "echo oh; exit 3");

        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(cluster::start)
                .withMessage("node-1 ended before it was ready; its last lines tell why");
        cluster.awaitEnd();

        await().untilAsserted(() ->
                assertThat(out.toString()).contains("node-1    | oh").contains("node-1 has ended with exit code 3"));
    }

    @Test
    void shouldSayWhichProgramCannotBeStarted() throws IOException {
        LocalCluster cluster = cluster(new LocalClusterPlan(1, freePort(), freePort()), "/no/such/program");

        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(cluster::start)
                .withMessageStartingWith("node-1 cannot be started: ")
                .withMessageContaining("/no/such/program");
    }

    private LocalCluster cluster(LocalClusterPlan plan, String... program) {
        return new LocalCluster(plan, List.of(program), NOTHING, ClusterSecret.random(), new PrintWriter(out));
    }

    /** One with a free one after it, as a plan for one node needs. */
    private static int freePort() throws IOException {
        while (true) {
            try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    ServerSocket second =
                            new ServerSocket(first.getLocalPort() + 1, 1, InetAddress.getLoopbackAddress())) {
                assertThat(second.isBound()).isTrue();
                return first.getLocalPort();
            } catch (IOException e) {
                // the one after it is taken; try another
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.stream.config.ConfigLoader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** A listed member whose process hangs: the kernel takes the connection, nobody ever answers. */
@Isolated
@Timeout(60)
class HungMemberIT {

    /** What Hazelcast calls the threads that write to other members. */
    private static final String WRITERS = ".IO.thread-out-";

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Duration WATCHED = Duration.ofSeconds(2);

    record Root(ClusterOptions cluster, RuntimeOptions runtime) {}

    /** With Hazelcast's simple network one of them spins, and starves every connection that it has to serve beside. */
    @Test
    void noThreadShouldSpinWhileAMemberThatHangsIsConnectedTo() throws Exception {
        int port = freePort();
        ClusterNode node = join(port);
        try (ServerSocket hung = new ServerSocket(port, 10, InetAddress.getLoopbackAddress())) {
            hung.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
            try (Socket attempt = hung.accept()) { // of the search for lost members; it will wait for an answer
                long cpu = writersCpuNanos();
                long start = System.nanoTime();
                await().pollInterval(WATCHED).until(() -> System.nanoTime() - start >= WATCHED.toNanos());
                double share = (double) (writersCpuNanos() - cpu) / (System.nanoTime() - start);

                assertThat(attempt.isConnected()).isTrue();
                assertThat(share)
                        .as("the CPU that the writing threads took, in cores")
                        .isLessThan(0.1);
            }
        } finally {
            node.leave().await(30, TimeUnit.SECONDS);
        }
    }

    private static ClusterNode join(int portOfTheOther) throws Exception {
        Root root = ConfigLoader.load(
                new Root(ClusterOptions.defaults(), RuntimeOptions.defaults()),
                Optional.empty(),
                Map.of(
                        "SLUICE_CLUSTER_NAME", "test-" + UUID.randomUUID(),
                        "SLUICE_CLUSTER_LEAVE_TIMEOUT", "5s",
                        "SLUICE_CLUSTER_MEMBERS", "127.0.0.1:" + portOfTheOther));
        return new ClusterJoin(root.cluster(), root.runtime()).join().await(40, TimeUnit.SECONDS);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static long writersCpuNanos() {
        return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
                .filter(Objects::nonNull)
                .filter(thread -> thread.getThreadName().contains(WRITERS))
                .mapToLong(ThreadInfo::getThreadId)
                .map(THREADS::getThreadCpuTime)
                .sum();
    }
}

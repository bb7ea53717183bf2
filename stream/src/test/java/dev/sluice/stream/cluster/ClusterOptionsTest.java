// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.stream.config.ConfigException;
import dev.sluice.stream.config.ConfigLoader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterOptionsTest {

    record Root(ClusterOptions cluster, RuntimeOptions runtime) {}

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            CLUSTER_NAME                   | ` `       | cluster.name must not be blank
            CLUSTER_SECRET                 | 0123456789012345678901234567890 | cluster.secret must have at least 32 bytes, for example
            CLUSTER_HOST                   | ` `       | cluster.host must not be blank
            CLUSTER_MEMBERS                | a,,b      | cluster.members must not have a blank member
            CLUSTER_PORT                   | 0         | cluster.port must be 1 to 65535, is 0
            CLUSTER_PORT                   | 65536     | cluster.port must be 1 to 65535, is 65536
            CLUSTER_PORT_COUNT             | 0         | cluster.portCount must be 1 to 1000, is 0
            CLUSTER_BACKUPS                | -1        | cluster.backups must be 0 to 6, is -1
            CLUSTER_BACKUPS                | 7         | cluster.backups must be 0 to 6, is 7
            CLUSTER_QUORUM                 | 0         | cluster.quorum must be at least 1, is 0
            CLUSTER_BUS_PORT               | -1        | cluster.busPort must be 0 to 65535, is -1
            CLUSTER_BUS_PUBLIC_PORT        | 70000     | cluster.busPublicPort must be 0 to 65535, is 70000
            CLUSTER_JOIN_TIMEOUT           | 999ms     | cluster.joinTimeout must be 1s to 1h, is 999ms
            CLUSTER_LEAVE_TIMEOUT          | 2h        | cluster.leaveTimeout must be 1s to 1h, is 2h
            CLUSTER_KUBERNETES_SERVICE_DNS | sluice    | cluster.host must be the pod's address when cluster.kubernetesServiceDns is set: give it as SLUICE_CLUSTER_HOST from the field status.podIP
            RUNTIME_EVENT_LOOPS            | 1025      | runtime.eventLoops must be 0 to 1024, is 1025
            RUNTIME_TRANSPORT              | iouring   | runtime.transport must be one of auto, io_uring, epoll, nio, is 'iouring'
            """)
    void shouldRefuseWhatIsOutOfBounds(String key, String value, String message) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> load(Map.of("SLUICE_" + key, value)))
                .withMessageStartingWith(message);
    }

    @Test
    void shouldAcceptTheBounds() {
        Root root = load(Map.of(
                "SLUICE_CLUSTER_PORT", "65535",
                "SLUICE_CLUSTER_PORT_COUNT", "1000",
                "SLUICE_CLUSTER_BACKUPS", "6",
                "SLUICE_CLUSTER_JOIN_TIMEOUT", "1h",
                "SLUICE_CLUSTER_LEAVE_TIMEOUT", "1s",
                "SLUICE_CLUSTER_MEMBERS", "",
                "SLUICE_RUNTIME_EVENT_LOOPS", "1024"));

        assertThat(root.cluster().port()).isEqualTo(65_535);
        assertThat(root.cluster().members()).isEmpty();
        assertThat(root.runtime().effectiveEventLoops()).isEqualTo(1_024);
    }

    @Test
    void shouldLookForNobodyWhenAlone() {
        ClusterOptions alone = ClusterOptions.defaults().alone("demo");

        assertThat(alone.name()).isEqualTo("demo");
        assertThat(alone.members()).isEqualTo(List.of());
        assertThat(alone.quorum()).isEqualTo(1);
    }

    @Test
    void shouldHaveTwoEventLoopsForEachProcessorByDefault() {
        int processors = Runtime.getRuntime().availableProcessors();

        assertThat(RuntimeOptions.defaults().effectiveEventLoops()).isEqualTo(Math.min(64, 2 * processors));
    }

    private static Root load(Map<String, String> environment) {
        return ConfigLoader.load(
                new Root(ClusterOptions.defaults(), RuntimeOptions.defaults()), Optional.empty(), environment);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.MultiMapConfig.ValueCollectionType;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.spi.merge.DiscardMergePolicy;
import com.hazelcast.spi.properties.ClusterProperty;
import com.hazelcast.spi.properties.HazelcastProperties;
import com.hazelcast.spi.properties.HazelcastProperty;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionOn;
import dev.sluice.stream.config.ConfigException;
import dev.sluice.stream.config.ConfigLoader;
import dev.sluice.stream.log.LogMap;
import dev.sluice.stream.log.NewestShard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterConfigTest {

    @TempDir
    Path directory;

    private static Stream<Arguments> properties() {
        return Stream.of(
                Arguments.of(ClusterProperty.SOCKET_BIND_ANY, "false"),
                Arguments.of(ClusterProperty.TCP_JOIN_PORT_TRY_COUNT, "20"),
                Arguments.of(ClusterProperty.MAX_JOIN_SECONDS, "30"),
                Arguments.of(ClusterProperty.WAIT_SECONDS_BEFORE_JOIN, "0"),
                Arguments.of(ClusterProperty.PARTITION_COUNT, "271"),
                Arguments.of(ClusterProperty.HEARTBEAT_INTERVAL_SECONDS, "1"),
                Arguments.of(ClusterProperty.MAX_NO_HEARTBEAT_SECONDS, "5"),
                Arguments.of(ClusterProperty.PARTIAL_MEMBER_DISCONNECTION_RESOLUTION_HEARTBEAT_COUNT, "3"),
                Arguments.of(ClusterProperty.FAIL_ON_INDETERMINATE_OPERATION_STATE, "true"),
                Arguments.of(ClusterProperty.OPERATION_BACKUP_TIMEOUT_MILLIS, "3000"),
                Arguments.of(ClusterProperty.OPERATION_CALL_TIMEOUT_MILLIS, "10000"),
                Arguments.of(ClusterProperty.RESPONSE_THREAD_COUNT, "0"),
                Arguments.of(ClusterProperty.MERGE_FIRST_RUN_DELAY_SECONDS, "10"),
                Arguments.of(ClusterProperty.MERGE_NEXT_RUN_DELAY_SECONDS, "5"),
                Arguments.of(ClusterProperty.SHUTDOWNHOOK_ENABLED, "false"),
                Arguments.of(ClusterProperty.GRACEFUL_SHUTDOWN_MAX_WAIT, "20"),
                Arguments.of(ClusterProperty.LOGGING_TYPE, "slf4j"),
                Arguments.of(ClusterProperty.PHONE_HOME_ENABLED, "false"),
                Arguments.of(ClusterProperty.HEALTH_MONITORING_LEVEL, "OFF"));
    }

    @ParameterizedTest
    @MethodSource("properties")
    void shouldSetEachPropertyUnderTheNameThatHazelcastReads(HazelcastProperty property, String value) {
        HazelcastProperties effective = new HazelcastProperties(ClusterConfig.load(ClusterOptions.defaults()));

        assertThat(effective.getString(property)).isEqualTo(value);
    }

    @Test
    void shouldHaveNoPropertyThatHazelcastDoesNotKnow() {
        Config config = ClusterConfig.load(ClusterOptions.defaults());
        Stream<String> tested = properties().map(pair -> ((HazelcastProperty) pair.get()[0]).getName());

        assertThat(config.getProperties().stringPropertyNames())
                .containsExactlyInAnyOrderElementsOf(Stream.concat(tested, Stream.of("hazelcast.metrics.enabled"))
                        .toList());
    }

    private static ServerSocketEndpointConfig endpoint(Config config) {
        return (ServerSocketEndpointConfig)
                config.getAdvancedNetworkConfig().getEndpointConfigs().get(EndpointQualifier.MEMBER);
    }

    private static JoinConfig join(Config config) {
        return config.getAdvancedNetworkConfig().getJoin();
    }

    @Test
    void shouldServeMembersAndNobodyElse() {
        Config config = ClusterConfig.load(ClusterOptions.defaults());

        assertThat(config.getAdvancedNetworkConfig().isEnabled()).isTrue();
        assertThat(config.getAdvancedNetworkConfig().getEndpointConfigs()).containsOnlyKeys(EndpointQualifier.MEMBER);
    }

    @Test
    void shouldJoinByMemberListWhenNothingElseIsSaid() {
        Config config = ClusterConfig.load(ClusterOptions.defaults());
        ServerSocketEndpointConfig network = endpoint(config);
        JoinConfig join = join(config);

        assertThat(config.getClusterName()).isEqualTo("sluice");
        assertThat(join.getMulticastConfig().isEnabled()).isFalse();
        assertThat(join.getAutoDetectionConfig().isEnabled()).isFalse();
        assertThat(join.getKubernetesConfig().isEnabled()).isFalse();
        assertThat(join.getTcpIpConfig().isEnabled()).isTrue();
        assertThat(join.getTcpIpConfig().getMembers()).containsExactly("127.0.0.1");
        assertThat(network.getPort()).isEqualTo(5701);
        assertThat(network.getPortCount()).isEqualTo(20);
        assertThat(network.isPortAutoIncrement()).isTrue();
        assertThat(network.getPublicAddress()).isNull();
        assertThat(network.getInterfaces().isEnabled()).isTrue();
        assertThat(network.getInterfaces().getInterfaces()).containsExactly("127.0.0.1");
    }

    @Test
    void shouldFillInWhatTheKeysSay() {
        Config config = load(Map.of(
                "NAME", "blue & <green>",
                "MEMBERS", "10.0.0.1,10.0.0.2:5801",
                "HOST", "localhost",
                "PORT", "5800",
                "PORT_COUNT", "3",
                "PUBLIC_ADDRESS", "203.0.113.7:9000",
                "BACKUPS", "2",
                "QUORUM", "3",
                "JOIN_TIMEOUT", "1500ms",
                "LEAVE_TIMEOUT", "1m"));
        ServerSocketEndpointConfig network = endpoint(config);

        assertThat(config.getClusterName()).isEqualTo("blue & <green>");
        assertThat(join(config).getTcpIpConfig().getMembers()).containsExactly("10.0.0.1", "10.0.0.2:5801");
        assertThat(network.getInterfaces().getInterfaces()).containsExactly("127.0.0.1");
        assertThat(network.getPort()).isEqualTo(5800);
        assertThat(network.getPortCount()).isEqualTo(3);
        assertThat(network.getPublicAddress()).isEqualTo("203.0.113.7:9000");
        assertThat(config.getMapConfig(LogMap.NAME).getBackupCount()).isEqualTo(2);
        assertThat(config.getMapConfig("sluice.cluster").getBackupCount()).isEqualTo(2);
        assertThat(config.getSplitBrainProtectionConfig(ClusterConfig.QUORUM).isEnabled())
                .isTrue();
        assertThat(config.getSplitBrainProtectionConfig(ClusterConfig.QUORUM).getMinimumClusterSize())
                .isEqualTo(3);
        assertThat(network.getSocketConnectTimeoutSeconds()).isEqualTo(3);
        assertThat(config.getProperty("hazelcast.tcp.join.port.try.count")).isEqualTo("3");
        assertThat(config.getProperty("hazelcast.max.join.seconds")).isEqualTo("2");
        assertThat(config.getProperty("hazelcast.graceful.shutdown.max.wait")).isEqualTo("60");
    }

    @Test
    void shouldAskNobodyWhenThereAreNoMembers() {
        JoinConfig join = join(ClusterConfig.load(ClusterOptions.defaults().alone("demo")));

        assertThat(join.getTcpIpConfig().isEnabled()).isTrue();
        assertThat(join.getTcpIpConfig().getMembers()).isEmpty();
    }

    @Test
    void shouldJoinByDnsWhenAKubernetesServiceIsNamed() {
        Config config = load(Map.of("KUBERNETES_SERVICE_DNS", "sluice.default.svc.cluster.local", "HOST", "10.1.2.3"));
        JoinConfig join = join(config);

        join.verify();
        assertThat(join.getTcpIpConfig().isEnabled()).isFalse();
        assertThat(join.getKubernetesConfig().isEnabled()).isTrue();
        assertThat(join.getKubernetesConfig().getProperty("service-dns")).isEqualTo("sluice.default.svc.cluster.local");
        assertThat(join.getKubernetesConfig().getProperty("service-port")).isEqualTo("5701");
    }

    @Test
    void shouldListenEverywhereWhenTheHostSaysSo() {
        Config config = load(Map.of("HOST", "0.0.0.0"));

        assertThat(endpoint(config).getInterfaces().isEnabled()).isFalse();
        assertThat(config.getProperty("hazelcast.socket.bind.any")).isEqualTo("true");
    }

    @ParameterizedTest
    @ValueSource(strings = {LogMap.NAME, "sluice.cluster"})
    void shouldNeverDropAnEntryOfOurMaps(String name) {
        MapConfig map = ClusterConfig.load(ClusterOptions.defaults()).findMapConfig(name);

        assertThat(map.getBackupCount()).isEqualTo(1);
        assertThat(map.getAsyncBackupCount()).isZero();
        assertThat(map.getEvictionConfig().getEvictionPolicy()).isEqualTo(EvictionPolicy.NONE);
        assertThat(map.getTimeToLiveSeconds()).isZero();
        assertThat(map.getMaxIdleSeconds()).isZero();
        assertThat(map.getSplitBrainProtectionName()).isEqualTo(ClusterConfig.QUORUM);
        assertThat(map.isReadBackupData()).isFalse();
    }

    @Test
    void shouldBringHomeOfASplitClusterWhatTheLogHasLost() {
        Config config = ClusterConfig.load(ClusterOptions.defaults());

        MergePolicyConfig log = config.findMapConfig(LogMap.NAME).getMergePolicyConfig();
        assertThat(log.getPolicy()).isEqualTo(NewestShard.class.getName());
        assertThat(log.getBatchSize()).isEqualTo(1);
        assertThat(config.findMapConfig("sluice.cluster").getMergePolicyConfig().getPolicy())
                .isEqualTo(DiscardMergePolicy.class.getName());
    }

    @Test
    void shouldKeepTheLogAsObjects() {
        MapConfig map = ClusterConfig.load(ClusterOptions.defaults()).findMapConfig(LogMap.NAME);

        assertThat(map.getInMemoryFormat()).isEqualTo(InMemoryFormat.OBJECT);
        assertThat(map.isStatisticsEnabled()).isFalse();
        assertThat(map.isPerEntryStatsEnabled()).isFalse();
    }

    @Test
    void shouldHaveTheMapsOfVertx() {
        Config config = ClusterConfig.load(ClusterOptions.defaults());

        assertThat(config.getMultiMapConfigs().get("__vertx.subs").getValueCollectionType())
                .isEqualTo(ValueCollectionType.SET);
        assertThat(config.getMultiMapConfigs().get("__vertx.subs").getBackupCount())
                .isEqualTo(1);
        assertThat(config.getMapConfigs()).containsKeys("__vertx.haInfo", "__vertx.nodeInfo");
    }

    @Test
    void shouldProtectReadsAndWritesOnceThereIsAQuorum() {
        SplitBrainProtectionConfig protection = ClusterConfig.load(ClusterOptions.defaults())
                .getSplitBrainProtectionConfigs()
                .get(ClusterConfig.QUORUM);

        assertThat(protection.getProtectOn()).isEqualTo(SplitBrainProtectionOn.READ_WRITE);
        assertThat(protection.isEnabled()).as("with a quorum of 1").isFalse();
    }

    @Test
    void shouldDeserialiseOnlyWhatIsNeeded() {
        JavaSerializationFilterConfig filter = ClusterConfig.load(ClusterOptions.defaults())
                .getSerializationConfig()
                .getJavaSerializationFilterConfig();

        assertThat(filter.isDefaultsDisabled()).isTrue();
        assertThat(Stream.of(
                        "java.util.HashMap",
                        "java.lang.IllegalStateException",
                        "dev.sluice.stream.Event",
                        "[B",
                        "io.vertx.core.VertxException",
                        "com.hazelcast.core.HazelcastException",
                        "java.io.EOFException"))
                .allMatch(filter.getWhitelist()::isListed);
        assertThat(Stream.of(
                        "javax.management.BadAttributeValueExpException",
                        "java.net.URL",
                        "java.rmi.server.UnicastRemoteObject",
                        "org.apache.commons.collections.functors.InvokerTransformer"))
                .noneMatch(filter.getWhitelist()::isListed);
    }

    @Test
    void shouldUseAnotherFileWhenOneIsNamed() {
        Config config = load(
                Map.of(
                        "CONFIG_FILE",
                        file(
                                """
                <hazelcast xmlns="http://www.hazelcast.com/schema/config">
                  <cluster-name>own-${sluice.cluster.name}</cluster-name>
                </hazelcast>
                """)));

        assertThat(config.getClusterName()).isEqualTo("own-sluice");
        assertThat(config.getMapConfigs()).doesNotContainKey(LogMap.NAME);
    }

    @Test
    void shouldSaySoWhenTheFileIsNotUsable() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> load(Map.of("CONFIG_FILE", "/nowhere/cluster.xml")))
                .withMessage("cluster.configFile /nowhere/cluster.xml does not exist");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> load(Map.of("CONFIG_FILE", file("<hazelcast"))))
                .withMessageMatching(".*cluster.xml is not a valid Hazelcast configuration: .+");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(
                        () -> load(
                                Map.of(
                                        "CONFIG_FILE",
                                        file(
                                                """
                        <hazelcast xmlns="http://www.hazelcast.com/schema/config">
                          <cluster-name>${sluice.cluster.nmae}</cluster-name>
                        </hazelcast>
                        """))))
                .withMessageEndingWith("there is no variable ${sluice.cluster.nmae}");
    }

    @Test
    void shouldSaySoWhenTheHostCannotBeResolved() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> load(Map.of("HOST", "no such host")))
                .withMessage("cluster.host 'no such host' cannot be resolved to an address");
    }

    private static Config load(Map<String, String> keys) {
        Map<String, String> environment = new HashMap<>();
        keys.forEach((key, value) -> environment.put("SLUICE_CLUSTER_" + key, value));
        record Root(ClusterOptions cluster) {}
        return ClusterConfig.load(ConfigLoader.load(new Root(ClusterOptions.defaults()), Optional.empty(), environment)
                .cluster());
    }

    private String file(String xml) {
        try {
            return Files.writeString(directory.resolve("cluster.xml"), xml).toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.IndexConfig;
import com.hazelcast.config.IndexType;
import com.hazelcast.config.MapConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.spi.merge.DiscardMergePolicy;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LogMapTest {

    static Stream<Arguments> faults() {
        return Stream.of(
                fault("in-memory-format must be OBJECT", map -> map.setInMemoryFormat(InMemoryFormat.BINARY)),
                fault("no index", map -> map.addIndexConfig(new IndexConfig(IndexType.HASH, "this"))),
                fault("eviction-policy", map -> map.getEvictionConfig().setEvictionPolicy(EvictionPolicy.LRU)),
                fault("time-to-live-seconds", map -> map.setTimeToLiveSeconds(60)),
                fault("max-idle-seconds", map -> map.setMaxIdleSeconds(60)),
                fault("map-store", map -> map.getMapStoreConfig().setEnabled(true)),
                fault("merge-policy", map -> map.getMergePolicyConfig().setPolicy(DiscardMergePolicy.class.getName())),
                fault("async-backup-count", map -> map.setAsyncBackupCount(1)));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void shouldNameTheFaultWhenTheMapIsConfiguredWrongly(String expected, Consumer<MapConfig> fault) {
        MapConfig map = LogMap.config(1, null);
        fault.accept(map);

        assertThatThrownBy(() -> LogMap.check(instance(map)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(LogMap.NAME)
                .hasMessageContaining(expected);
    }

    @Test
    void shouldNameAllFaultsWhenTheMapIsNotConfigured() {
        MapConfig unconfigured = new MapConfig(LogMap.NAME).setTimeToLiveSeconds(1);

        assertThatThrownBy(() -> LogMap.check(instance(unconfigured)))
                .hasMessageContaining("OBJECT")
                .hasMessageContaining("time-to-live-seconds");
    }

    @Test
    void shouldBeContentWithItsOwnConfiguration() {
        assertThatCode(() -> LogMap.check(instance(LogMap.config(2, "quorum")))).doesNotThrowAnyException();
    }

    @Test
    void shouldRefuseAMemberThatWasNotPrepared() {
        Config config = new Config().addMapConfig(LogMap.config(1, null));

        assertThatThrownBy(() -> LogMap.check(instance(config))).hasMessageContaining("LogMap.prepare");
    }

    private static Arguments fault(String expected, Consumer<MapConfig> fault) {
        return Arguments.of(expected, fault);
    }

    /** A member that only knows its configuration. */
    private static HazelcastInstance instance(MapConfig map) {
        Config config = new Config().addMapConfig(map);
        LogMap.prepare(config);
        return instance(config);
    }

    private static HazelcastInstance instance(Config config) {
        return (HazelcastInstance) Proxy.newProxyInstance(
                LogMapTest.class.getClassLoader(),
                new Class<?>[] {HazelcastInstance.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("getConfig")) {
                        return config;
                    }
                    if (method.getName().equals("getUserContext")) {
                        return config.getUserContext();
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }
}

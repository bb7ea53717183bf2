// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.stream.setting.InMemorySetting;
import dev.sluice.stream.setting.SharedSetting;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterFlagsTest {

    private static final FeatureFlags OFF = new FeatureFlags(false, 0, List.of("poll"));
    private static final FeatureFlags HALF = new FeatureFlags(true, 50, List.of("sse", "poll"));

    private final InMemorySetting cluster = new InMemorySetting();

    private ClusterFlags node(SharedSetting setting) {
        ClusterFlags flags = new ClusterFlags(setting, FeatureFlags.defaults());
        assertThat(flags.start().succeeded()).isTrue();
        return flags;
    }

    private String stored() {
        return cluster.read().result().orElseThrow();
    }

    @Test
    void shouldTellEveryNodeOfAChangeOnce() {
        ClusterFlags one = node(cluster);
        ClusterFlags other = node(cluster);
        List<FeatureFlags> seen = new ArrayList<>();
        other.onChange(seen::add);
        assertThat(one.set(OFF).result()).as("what they were").isEqualTo(FeatureFlags.defaults());
        assertThat(other.get()).isEqualTo(OFF);
        other.refresh();
        assertThat(seen).containsExactly(OFF);
    }

    @Test
    void shouldFindWhatWasSetBeforeItCame() {
        node(cluster).set(HALF);
        assertThat(node(cluster).get()).isEqualTo(HALF);
    }

    @Test
    void shouldBeginWithOtherFlagsUnlessSomebodyHasSetSome() {
        ClusterFlags flags = node(cluster);
        List<FeatureFlags> seen = new ArrayList<>();
        flags.onChange(seen::add);
        flags.changeInitial(HALF);
        flags.changeInitial(HALF);
        assertThat(flags.get()).isEqualTo(HALF);
        assertThat(seen).containsExactly(HALF);
        assertThat(cluster.read().result()).as("each node has its own").isEmpty();
        flags.set(OFF);
        flags.changeInitial(FeatureFlags.defaults());
        assertThat(flags.get()).isEqualTo(OFF);
    }

    @Test
    void shouldKeepItsConfigurationUntilSomebodyChangesThem() {
        ClusterFlags flags = new ClusterFlags(cluster, HALF);
        flags.start();
        flags.refresh();
        assertThat(flags.get()).isEqualTo(HALF);
        assertThat(cluster.read().result()).as("nobody has set anything").isEmpty();
    }

    @Test
    void shouldNotGoBackWhenAnOlderChangeComesLate() {
        Deaf setting = new Deaf(cluster);
        ClusterFlags flags = node(setting);
        flags.set(OFF);
        String older = stored();
        flags.set(HALF);
        setting.listener.accept(older);
        assertThat(flags.get()).isEqualTo(HALF);
    }

    @Test
    void shouldNoticeAChangeThatNobodyToldItOf() {
        ClusterFlags flags = node(new Deaf(cluster));
        node(cluster).set(OFF);
        assertThat(flags.get()).isEqualTo(FeatureFlags.defaults());
        flags.refresh();
        assertThat(flags.get()).isEqualTo(OFF);
    }

    @Test
    void shouldPutBackWhatTheClusterLost() {
        ClusterFlags one = node(cluster);
        one.set(OFF);
        InMemorySetting empty = new InMemorySetting();
        Deaf setting = new Deaf(cluster);
        ClusterFlags flags = node(setting);
        setting.real = empty;
        flags.refresh();
        assertThat(node(empty).get()).isEqualTo(OFF);
        assertThat(flags.get()).isEqualTo(OFF);
    }

    @Test
    void shouldChangeWhatIsNewerInTheClusterThanItKnew() {
        ClusterFlags deaf = node(new Deaf(cluster));
        ClusterFlags other = node(cluster);
        other.set(OFF);
        other.set(HALF);
        deaf.set(OFF);
        assertThat(other.get()).isEqualTo(OFF);
    }

    @Test
    void shouldTryAgainWhenSomebodyElseWasFaster() {
        ClusterFlags other = node(cluster);
        Deaf setting = new Deaf(cluster);
        ClusterFlags flags = node(setting);
        setting.beforeReplace = () -> {
            setting.beforeReplace = () -> {};
            other.set(OFF);
        };
        assertThat(flags.set(HALF).result()).as("what the other had set").isEqualTo(OFF);
        assertThat(other.get()).isEqualTo(HALF);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no json",
                "{}",
                "{\"version\":9,\"realtime\":true,\"rolloutPercent\":1,\"transports\":[\"smoke\"]}",
                "{\"version\":\"9\",\"realtime\":true,\"rolloutPercent\":1,\"transports\":[\"sse\"]}"
            })
    void shouldKeepWhatItHasWhenTheClusterSaysSomethingElse(String text) {
        Deaf setting = new Deaf(cluster);
        ClusterFlags flags = node(setting);
        flags.set(HALF);
        setting.listener.accept(text);
        assertThat(flags.get()).isEqualTo(HALF);
    }

    @Test
    void shouldSayThatAChangeFailed() {
        ClusterFlags flags = node(cluster);
        ClusterFlags cut = new ClusterFlags(new Cut(), HALF);
        assertThat(cut.start().succeeded()).as("a node starts without").isTrue();
        assertThat(cut.set(OFF).failed()).isTrue();
        assertThat(cut.get()).isEqualTo(HALF);
        assertThat(flags.get()).isEqualTo(FeatureFlags.defaults());
    }

    @Test
    void shouldRefuseFlagsOutOfBounds() {
        assertThatThrownBy(() -> new FeatureFlags(true, 101, List.of("sse"))).hasMessageContaining("rolloutPercent");
        assertThatThrownBy(() -> new FeatureFlags(true, -1, List.of("sse"))).hasMessageContaining("rolloutPercent");
        assertThatThrownBy(() -> new FeatureFlags(true, 1, List.of())).hasMessageContaining("transports");
        assertThatThrownBy(() -> new FeatureFlags(true, 1, List.of("sse", "sse")))
                .hasMessageContaining("transports");
        assertThat(HALF.toJson())
                .isEqualTo(new JsonObject()
                        .put("realtime", true)
                        .put("rolloutPercent", 50)
                        .put("transports", new JsonArray().add("sse").add("poll")));
    }

    /** A cluster whose notices get lost on the way to this node. */
    private static final class Deaf implements SharedSetting {
        private SharedSetting real;
        private Consumer<String> listener;
        private Runnable beforeReplace = () -> {};

        Deaf(SharedSetting real) {
            this.real = real;
        }

        @Override
        public Future<Optional<String>> read() {
            return real.read();
        }

        @Override
        public Future<Boolean> replace(Optional<String> known, String text) {
            beforeReplace.run();
            return real.replace(known, text);
        }

        @Override
        public void listen(Consumer<String> newListener) {
            listener = newListener;
        }
    }

    /** A cluster that does not answer. */
    private static final class Cut implements SharedSetting {
        @Override
        public Future<Optional<String>> read() {
            return Future.failedFuture("no quorum");
        }

        @Override
        public Future<Boolean> replace(Optional<String> known, String text) {
            return Future.failedFuture("no quorum");
        }

        @Override
        public void listen(Consumer<String> listener) {
            // Nothing is ever told.
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.cluster;

import com.hazelcast.multimap.MultiMap;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.BusAddresses;
import dev.sluice.stream.cluster.ClusterJoin;
import dev.sluice.stream.cluster.ClusterNode;
import dev.sluice.stream.cluster.ClusterOptions;
import dev.sluice.stream.cluster.RuntimeOptions;
import dev.sluice.stream.config.ConfigLoader;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * This process as a member of a test cluster that holds nothing and serves nobody, to see and to spoil what the nodes share. It takes some
 * seconds to join, and the nodes notice: whatever they do when the cluster changes they have done some seconds later.
 */
public final class ClusterVisitor implements AutoCloseable {

    /** Where the cluster manager of Vert.x keeps who listens to what. */
    private static final String REGISTRATIONS = "__vertx.subs";

    private final ClusterNode self;
    private final int shards;

    private record Root(ClusterOptions cluster) {}

    private ClusterVisitor(ClusterNode self, int shards) {
        this.self = self;
        this.shards = shards;
    }

    /** Joins, by the environment of a node: with the secret of its cluster and its certificate, too. */
    static ClusterVisitor join(Map<String, String> environment, int shards) {
        Map<String, String> settings = new TreeMap<>(environment);
        settings.keySet().removeIf(key -> !key.startsWith("SLUICE_CLUSTER_"));
        ClusterOptions options = ConfigLoader.load(new Root(ClusterOptions.defaults()), Optional.empty(), settings)
                .cluster();
        return new ClusterVisitor(
                new ClusterJoin(options, RuntimeOptions.defaults())
                        .asLiteMember()
                        .join()
                        .await(),
                shards);
    }

    /** How many nodes the cluster knows to want the pushes of a stream's shard. */
    public int registrations(StreamKey stream) {
        return map().valueCount(address(stream));
    }

    /** Lets the cluster forget that anybody wants the pushes of a stream's shard: senders hear of it, and those who want them are not told. */
    public void forgetRegistrations(StreamKey stream) {
        // Not delete(), of which senders would not hear: they would go on with what they remember, and nothing be lost.
        map().remove(address(stream));
    }

    private MultiMap<Object, Object> map() {
        return self.hazelcast().getMultiMap(REGISTRATIONS);
    }

    private String address(StreamKey stream) {
        return BusAddresses.shard(stream.shard(shards));
    }

    @Override
    public void close() {
        self.leave().await();
    }
}

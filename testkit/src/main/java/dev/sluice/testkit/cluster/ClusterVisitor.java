// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.multimap.MultiMap;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.BusAddresses;
import dev.sluice.stream.cluster.ClusterConfig;
import dev.sluice.stream.cluster.ClusterOptions;
import dev.sluice.stream.config.ConfigLoader;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * This process as a member of a test cluster that holds nothing and serves nobody, to see and to spoil what the nodes share. It takes some
 * seconds to join, and the nodes notice: whatever they do when the cluster changes they have done some seconds later.
 */
public final class ClusterVisitor implements AutoCloseable {

    /** Where the cluster manager of Vert.x keeps who listens to what. */
    private static final String REGISTRATIONS = "__vertx.subs";

    /** Vert.x takes every member for one of its nodes and asks for this. */
    private static final String NODE_ID = "__vertx.nodeId";

    private final HazelcastInstance hazelcast;
    private final int shards;

    private record Root(ClusterOptions cluster) {}

    private ClusterVisitor(HazelcastInstance hazelcast, int shards) {
        this.hazelcast = hazelcast;
        this.shards = shards;
    }

    /** Joins, by the environment of a node. */
    static ClusterVisitor join(Map<String, String> environment, int shards) {
        Map<String, String> settings = new TreeMap<>(environment);
        settings.keySet().removeIf(key -> !key.startsWith("SLUICE_CLUSTER_"));
        Config config =
                ClusterConfig.load(ConfigLoader.load(new Root(ClusterOptions.defaults()), Optional.empty(), settings)
                        .cluster());
        config.setLiteMember(true);
        config.getMemberAttributeConfig()
                .setAttribute(NODE_ID, UUID.randomUUID().toString());
        return new ClusterVisitor(Hazelcast.newHazelcastInstance(config), shards);
    }

    /** How many nodes the cluster knows to want the pushes of a stream's shard. */
    public int registrations(StreamKey stream) {
        return map().valueCount(address(stream));
    }

    /** Lets the cluster forget that anybody wants the pushes of a stream's shard; those who do are not told. */
    public void forgetRegistrations(StreamKey stream) {
        map().delete(address(stream));
    }

    private MultiMap<Object, Object> map() {
        return hazelcast.getMultiMap(REGISTRATIONS);
    }

    private String address(StreamKey stream) {
        return BusAddresses.shard(stream.shard(shards));
    }

    @Override
    public void close() {
        hazelcast.shutdown();
    }
}

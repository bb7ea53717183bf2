// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import java.util.HashMap;
import java.util.Map;

/** The names by which gateways know each other, announced as an attribute of their members: no message can lose them. Thread-safe. */
public final class NodeNames {

    private static final String ATTRIBUTE = "sluice.node";

    private final HazelcastInstance hazelcast;

    /** Names in the cluster of the given node. */
    public NodeNames(ClusterNode node) {
        this.hazelcast = node.hazelcast();
    }

    /** Announces the name of a member that is to be known by it; before it joins. */
    public static void announce(Config config, String name) {
        config.getMemberAttributeConfig().setAttribute(ATTRIBUTE, name);
    }

    /** The id of this process, the same as long as it runs, whatever part of the cluster it joins. */
    public String self() {
        return id(hazelcast.getCluster().getLocalMember());
    }

    /** The names of the others that have announced one, by id; empty once this node has left. */
    public Map<String, String> others() {
        Map<String, String> names = new HashMap<>();
        try {
            for (Member member : hazelcast.getCluster().getMembers()) {
                String name = member.getAttribute(ATTRIBUTE);
                if (name != null && !member.localMember()) {
                    names.put(id(member), name);
                }
            }
        } catch (HazelcastInstanceNotActiveException e) {
            return Map.of();
        }
        return names;
    }

    private static String id(Member member) {
        return member.getAttribute(ClusterJoin.NODE_ID_ATTRIBUTE);
    }
}

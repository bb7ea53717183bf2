// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.SocketInterceptorConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.DefaultNodeExtension;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeExtension;
import com.hazelcast.nio.MemberSocketInterceptor;

/**
 * A Hazelcast member whose connections have to pass a socket interceptor. The open edition has everything for it but the line that returns the interceptor; it is
 * here, and nowhere else are Hazelcast's inner classes made use of for it ({@code docs/adr/0015}).
 */
final class GuardedHazelcast {

    private GuardedHazelcast() {}

    /** Starts a member; blocks until it has joined. */
    static HazelcastInstance start(Config config, MemberSocketInterceptor door) {
        SocketInterceptorConfig guarded =
                new SocketInterceptorConfig().setEnabled(true).setImplementation(door);
        if (config.getAdvancedNetworkConfig().isEnabled()) {
            config.getAdvancedNetworkConfig()
                    .getEndpointConfigs()
                    .get(EndpointQualifier.MEMBER)
                    .setSocketInterceptorConfig(guarded);
        } else {
            config.getNetworkConfig().setSocketInterceptorConfig(guarded);
        }
        return HazelcastInstanceFactory.newHazelcastInstance(
                config, config.getInstanceName(), new GuardedContext(door));
    }

    private static final class GuardedContext extends DefaultNodeContext {

        private final MemberSocketInterceptor door;

        GuardedContext(MemberSocketInterceptor door) {
            this.door = door;
        }

        @Override
        public NodeExtension createNodeExtension(Node node) {
            return new GuardedExtension(node, door);
        }
    }

    private static final class GuardedExtension extends DefaultNodeExtension {

        private final MemberSocketInterceptor door;

        GuardedExtension(Node node, MemberSocketInterceptor door) {
            super(node);
            this.door = door;
        }

        @Override
        public MemberSocketInterceptor getSocketInterceptor(EndpointQualifier endpoint) {
            return door;
        }
    }
}

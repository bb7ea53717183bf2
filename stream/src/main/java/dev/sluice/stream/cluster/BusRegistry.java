// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import com.hazelcast.core.HazelcastInstance;
import dev.sluice.stream.bus.BusAddresses;
import io.vertx.core.Completable;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;

/** What the event bus knows of the cluster: Vert.x's own on Hazelcast, with a memory for shards that no gateway listens to. */
final class BusRegistry extends HazelcastClusterManager {

    private final SilentAddresses silent = new SilentAddresses(BusAddresses::isShard, System::nanoTime);

    BusRegistry(HazelcastInstance hazelcast) {
        super(hazelcast);
    }

    @Override
    public void registrationListener(RegistrationListener listener) {
        super.registrationListener(silent.before(listener));
    }

    /** A listener here needs no news: where nobody is known, Vert.x delivers here. */
    @Override
    public void getRegistrations(String address, Completable<List<RegistrationInfo>> answer) {
        silent.find(address, answer, super::getRegistrations);
    }
}

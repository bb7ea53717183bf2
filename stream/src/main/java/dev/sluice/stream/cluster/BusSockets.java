// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.impl.clustered.ClusteredEventBus;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import java.lang.reflect.Field;

/**
 * The server and the client inside a clustered event bus. Vert.x can change the certificates of both while they run, but has no way to reach these two; so it is
 * done by reflection, here and nowhere else ({@code docs/adr/0015}).
 *
 * @param server takes the connections of other members
 * @param client makes those to other members
 */
record BusSockets(NetServer server, NetClient client) {

    /**
     * Of a Vert.x that is clustered and runs.
     *
     * @throws IllegalStateException if this release of Vert.x looks otherwise inside
     */
    static BusSockets of(Vertx vertx) {
        Object bus = vertx.eventBus();
        return new BusSockets((NetServer) field(bus, "server"), (NetClient) field(bus, "client"));
    }

    private static Object field(Object bus, String name) {
        try {
            Field field = ClusteredEventBus.class.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(bus);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            throw new IllegalStateException("this release of Vert.x has another event bus inside", e);
        }
    }

    /** Shows and believes something else from now on, in connections that are made from now on; open ones go on. */
    Future<Void> use(BusIdentity identity) {
        return server.updateSSLOptions(identity.forServer())
                .compose(done -> client.updateSSLOptions(identity.forClient()))
                .mapEmpty();
    }
}

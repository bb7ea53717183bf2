// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.revocation;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Revocations as entries of a replicated map, each with a lifetime of its own: they survive the loss of as many nodes as there are backups, a
 * minority cannot add one, and whoever joins finds them there.
 */
public final class HazelcastRevocations implements RevocationStore {

    /** The name of the map; cluster.xml configures it. */
    public static final String MAP = "sluice.revocations";

    private final Vertx vertx;
    private final HazelcastInstance hazelcast;

    /** Over the given member of the cluster. */
    public HazelcastRevocations(Vertx vertx, HazelcastInstance hazelcast) {
        this.vertx = vertx;
        this.hazelcast = hazelcast;
    }

    private IMap<String, String> map() {
        return hazelcast.getMap(MAP);
    }

    /** Hazelcast reads a whole map only in a blocking call. */
    @Override
    public Future<Map<String, String>> read() {
        return vertx.executeBlocking(
                () -> {
                    Map<String, String> all = new HashMap<>();
                    map().entrySet().forEach(entry -> all.put(entry.getKey(), entry.getValue()));
                    return all;
                },
                false);
    }

    /** The limit may be passed by as many as are put at the same moment. */
    @Override
    public Future<Boolean> put(String key, String text, Duration lifetime) {
        return vertx.executeBlocking(
                () -> {
                    if (map().size() >= MAX_ENTRIES && !map().containsKey(key)) {
                        return false;
                    }
                    map().set(key, text, lifetime.toMillis(), TimeUnit.MILLISECONDS);
                    return true;
                },
                false);
    }

    @Override
    public Future<Void> remove(String key) {
        try {
            return Future.fromCompletionStage(map().removeAsync(key), vertx.getOrCreateContext())
                    .mapEmpty();
        } catch (HazelcastException | IllegalStateException e) { // it is leaving
            return Future.failedFuture(e);
        }
    }

    @Override
    public void listen(Consumer<String> listener) {
        EntryAddedListener<String, String> added = event -> listener.accept(event.getValue());
        EntryUpdatedListener<String, String> updated = event -> listener.accept(event.getValue());
        map().addEntryListener(added, true);
        map().addEntryListener(updated, true);
    }
}

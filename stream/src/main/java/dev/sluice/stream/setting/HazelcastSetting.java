// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.setting;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A setting as an entry of a replicated map: it survives the loss of as many nodes as there are backups, a minority cannot change it,
 * and whoever joins finds it there.
 */
public final class HazelcastSetting implements SharedSetting {

    /** The name of the map; its configuration is that of {@code sluice.*} in cluster.xml. */
    public static final String MAP = "sluice.settings";

    private final Vertx vertx;
    private final HazelcastInstance hazelcast;
    private final String name;

    /** The setting of that name, over the given member of the cluster. */
    public HazelcastSetting(Vertx vertx, HazelcastInstance hazelcast, String name) {
        this.vertx = vertx;
        this.hazelcast = hazelcast;
        this.name = name;
    }

    private IMap<String, String> map() {
        return hazelcast.getMap(MAP);
    }

    @Override
    public Future<Optional<String>> read() {
        try {
            return Future.fromCompletionStage(map().getAsync(name), vertx.getOrCreateContext())
                    .map(Optional::ofNullable);
        } catch (HazelcastException | IllegalStateException e) { // it is leaving
            return Future.failedFuture(e);
        }
    }

    /** Hazelcast compares and sets only in a blocking call. */
    @Override
    public Future<Boolean> replace(Optional<String> known, String text) {
        return vertx.executeBlocking(
                () -> known.isPresent()
                        ? map().replace(name, known.get(), text)
                        : map().putIfAbsent(name, text) == null,
                false);
    }

    @Override
    public void listen(Consumer<String> listener) {
        EntryAddedListener<String, String> added = event -> listener.accept(event.getValue());
        EntryUpdatedListener<String, String> updated = event -> listener.accept(event.getValue());
        map().addEntryListener(added, name, true);
        map().addEntryListener(updated, name, true);
    }
}

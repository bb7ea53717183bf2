// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.revocation;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/** Where the nodes of a cluster keep revocations, as texts under their keys. Thread-safe; never blocks. */
public interface RevocationStore {

    /** How many there may be. A store of this size is a megabyte or two on each node. */
    int MAX_ENTRIES = 10_000;

    /** All there are, by key. Fails when the cluster cannot tell. */
    Future<Map<String, String>> read();

    /**
     * Keeps one, which forgets itself.
     *
     * @param lifetime after which it is forgotten; positive
     * @return false when there are {@link #MAX_ENTRIES} others; fails, with the outcome unknown, when the cluster does not answer or has no
     *     quorum
     */
    Future<Boolean> put(String key, String text, Duration lifetime);

    /** Forgets one now. */
    Future<Void> remove(String key);

    /** Tells the text of each one that is put soon, on any thread. Some may be missed, so {@link #read} now and then, too. */
    void listen(Consumer<String> listener);
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.revocation;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The revocations of one process, which forgets none of them. Thread-safe; listeners are called by whoever puts one. */
public final class InMemoryRevocations implements RevocationStore {

    private final Map<String, String> texts = new ConcurrentHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

    @Override
    public Future<Map<String, String>> read() {
        return Future.succeededFuture(Map.copyOf(texts));
    }

    @Override
    public Future<Boolean> put(String key, String text, Duration lifetime) {
        if (texts.size() >= MAX_ENTRIES && !texts.containsKey(key)) {
            return Future.succeededFuture(false);
        }
        texts.put(key, text);
        listeners.forEach(listener -> listener.accept(text));
        return Future.succeededFuture(true);
    }

    @Override
    public Future<Void> remove(String key) {
        texts.remove(key);
        return Future.succeededFuture();
    }

    @Override
    public void listen(Consumer<String> listener) {
        listeners.add(listener);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.setting;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** A setting of one process. Thread-safe; listeners are called by whoever changes it. */
public final class InMemorySetting implements SharedSetting {

    private final AtomicReference<Optional<String>> text = new AtomicReference<>(Optional.empty());
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

    @Override
    public Future<Optional<String>> read() {
        return Future.succeededFuture(text.get());
    }

    @Override
    public Future<Boolean> replace(Optional<String> known, String next) {
        Optional<String> before = text.get();
        boolean done = before.equals(known) && text.compareAndSet(before, Optional.of(next));
        if (done) {
            listeners.forEach(listener -> listener.accept(next));
        }
        return Future.succeededFuture(done);
    }

    @Override
    public void listen(Consumer<String> listener) {
        listeners.add(listener);
    }
}

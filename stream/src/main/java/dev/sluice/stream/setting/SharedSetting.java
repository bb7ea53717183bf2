// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.setting;

import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Consumer;

/** One small text that all nodes of a cluster share. Thread-safe; never blocks. */
public interface SharedSetting {

    /** What it is now; empty when nobody has set it, or it was lost with all nodes that held it. Fails when the cluster cannot tell. */
    Future<Optional<String>> read();

    /**
     * Sets it if it is still what the caller believes.
     *
     * @param known what it was when it was read
     * @return false when somebody else was faster; fails, with the outcome unknown, when the cluster does not answer or has no quorum
     */
    Future<Boolean> replace(Optional<String> known, String text);

    /** Tells of each change soon, on any thread. Changes may be missed or come late, so {@link #read} now and then, too. */
    void listen(Consumer<String> listener);
}

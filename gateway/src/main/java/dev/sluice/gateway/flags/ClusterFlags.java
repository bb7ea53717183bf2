// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.flags;

import dev.sluice.stream.setting.SharedSetting;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The flags of the cluster as this node knows them. Each change has a version that is one higher, so what arrives late or out of order
 * is recognised. A node that knows a higher version than the cluster (its entry was lost with the nodes that held it) puts its own
 * back. Until somebody has changed them, each node has those of its configuration, version 0. Thread-safe; listeners are called under its lock
 * and must only pass on.
 */
public final class ClusterFlags {

    private static final Logger LOGGER = LoggerFactory.getLogger(ClusterFlags.class);
    private static final int MAX_ATTEMPTS = 20;
    private static final String VERSION = "version";

    private final SharedSetting setting;
    private final List<Consumer<FeatureFlags>> listeners = new CopyOnWriteArrayList<>();
    private volatile Versioned current;

    /** What is shared. */
    private record Versioned(long version, FeatureFlags flags) {

        String text() {
            return flags.toJson().put(VERSION, version).encode();
        }

        /** Of another release's node it may be something that this one does not know: then what is known stays in force. */
        static Optional<Versioned> parse(String text) {
            try {
                JsonObject json = new JsonObject(text);
                return Optional.of(new Versioned(json.getLong(VERSION), FeatureFlags.from(json)));
            } catch (RuntimeException e) {
                LOGGER.atWarn().addKeyValue("cause", e.toString()).log("flags of the cluster are not understood");
                return Optional.empty();
            }
        }
    }

    /** Flags that are {@code initial} until the cluster tells otherwise. */
    public ClusterFlags(SharedSetting setting, FeatureFlags initial) {
        this.setting = setting;
        this.current = new Versioned(0, initial);
    }

    /** Listens from now on, and completes when it has asked once; a cluster that does not answer now will be asked again. */
    public Future<Void> start() {
        setting.listen(text -> Versioned.parse(text).ifPresent(this::take));
        return refresh();
    }

    /** The flags of now. */
    public FeatureFlags get() {
        return current.flags();
    }

    /** Begins with other flags, as if it had been so from the start: what somebody has set for the cluster stays in force. */
    public void changeInitial(FeatureFlags flags) {
        take(new Versioned(0, flags));
    }

    /** Called with the new flags after each change. */
    public void onChange(Consumer<FeatureFlags> listener) {
        listeners.add(listener);
    }

    /** Compares with the cluster, for a change may have been missed; to be called every few seconds. Never fails. */
    public Future<Void> refresh() {
        return setting.read()
                .compose(stored -> {
                    Optional<Versioned> theirs = stored.flatMap(Versioned::parse);
                    theirs.ifPresent(this::take);
                    Versioned ours = current;
                    boolean isBehind = stored.isEmpty() || theirs.isPresent();
                    long known = theirs.map(Versioned::version).orElse(0L);
                    return isBehind && ours.version() > known
                            ? setting.replace(stored, ours.text()).<Void>mapEmpty()
                            : Future.<Void>succeededFuture();
                })
                .recover(failure -> {
                    LOGGER.atDebug()
                            .addKeyValue("cause", failure.toString())
                            .log("could not compare the flags with the cluster");
                    return Future.succeededFuture();
                });
    }

    /**
     * Changes them for the whole cluster.
     *
     * @return what they were; fails when the cluster has no quorum or does not answer, and then the change may still take effect
     */
    public Future<FeatureFlags> set(FeatureFlags flags) {
        return set(flags, MAX_ATTEMPTS);
    }

    private Future<FeatureFlags> set(FeatureFlags flags, int attempts) {
        return setting.read().compose(stored -> {
            stored.flatMap(Versioned::parse).ifPresent(this::take);
            FeatureFlags before = current.flags();
            Versioned next = new Versioned(current.version() + 1, flags);
            return setting.replace(stored, next.text()).compose(done -> {
                if (done) {
                    take(next);
                    return Future.succeededFuture(before);
                }
                return attempts > 1
                        ? set(flags, attempts - 1)
                        : Future.failedFuture(new IllegalStateException("others change the flags all the time"));
            });
        });
    }

    /** Of two changes with one version (made on two sides of a partition) the one that the cluster kept is read last. */
    private synchronized void take(Versioned theirs) {
        if (theirs.version() < current.version() || theirs.equals(current)) {
            return;
        }
        boolean changed = !theirs.flags().equals(current.flags());
        current = theirs;
        if (changed) {
            listeners.forEach(listener -> listener.accept(theirs.flags()));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.census;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Counts the connections of this node, and holds them against quotas that are meant for the whole cluster.
 *
 * <p>The cluster is asked once for each admission, and told of releases in the background, one report at a time. When it
 * does not answer within {@link #PATIENCE_MS}, this node's own count decides: while a cluster is in trouble, to let somebody have
 * more connections than allowed is the smaller harm. What got lost meanwhile, also by the death of other nodes, is put right by
 * {@link #reassert}. Thread-safe.
 */
public final class Census {

    /** How long an admission waits for the cluster. */
    static final long PATIENCE_MS = 500;

    /** Keys in one report of a reassertion. */
    private static final int CHUNK = 500;

    private final ClusterCounts cluster;
    private final Runnable unanswered;
    private final Map<String, Count> counts = new HashMap<>();
    private final ChangedKeys changed = new ChangedKeys();
    private boolean reporting;

    /** What this node has of something, and the group of its key, which it takes a while to work out. */
    private static final class Count {
        private final int group;
        private int value;

        Count(int group) {
            this.group = group;
        }
    }

    /**
     * A census without anybody.
     *
     * @param unanswered called when an admission was decided without the cluster
     */
    public Census(ClusterCounts cluster, Runnable unanswered) {
        this.cluster = cluster;
        this.unanswered = unanswered;
    }

    /** Whether this node by itself could count one more. */
    public synchronized boolean hasRoom(Quota quota) {
        return count(quota.key()) < quota.most();
    }

    /** Counts one more on this node, whatever the quota. To be {@link #release released}. */
    public synchronized void add(Quota quota) {
        counts.computeIfAbsent(quota.key(), key -> new Count(cluster.group(key))).value++;
    }

    private int count(String key) {
        Count count = counts.get(key);
        return count == null ? 0 : count.value;
    }

    /**
     * Counts one more for each of some, unless that is more than the cluster may have.
     *
     * @param quotas to be counted, and to be {@link #release released} if they were
     * @param counted already counted by {@link #add}; held against the cluster's count, too
     * @return the quota that is reached; empty when all were counted. Never fails
     */
    public Future<Optional<Quota>> admit(List<Quota> quotas, List<Quota> counted) {
        List<Quota> all = new ArrayList<>(counted);
        all.addAll(quotas);
        Future<Map<String, Integer>> totals;
        synchronized (this) {
            Optional<Quota> full =
                    quotas.stream().filter(quota -> !hasRoom(quota)).findFirst();
            if (full.isPresent()) {
                return Future.succeededFuture(full);
            }
            quotas.forEach(this::add);
            totals = report(all.stream().map(Quota::key).toList());
        }
        Future<Map<String, Integer>> answer =
                totals.isComplete() ? totals : totals.timeout(PATIENCE_MS, TimeUnit.MILLISECONDS);
        return answer.map(total -> exceeded(all, total))
                .otherwise(failure -> {
                    unanswered.run();
                    return Optional.empty();
                })
                .onSuccess(full -> full.ifPresent(quota -> release(quotas)));
    }

    private static Optional<Quota> exceeded(List<Quota> quotas, Map<String, Integer> totals) {
        return quotas.stream()
                .filter(quota -> totals.getOrDefault(quota.key(), 0) > quota.most())
                .findFirst();
    }

    /** Takes back one of each. */
    public void release(List<Quota> quotas) {
        synchronized (this) {
            for (Quota quota : quotas) {
                Count count = counts.get(quota.key());
                if (count != null) {
                    count.value--;
                    if (count.value == 0) {
                        counts.remove(quota.key());
                    }
                    changed.add(count.group, quota.key());
                }
            }
        }
        reportChanges();
    }

    /** Tells the cluster all that this node has, for what it knows may be lost; to be called every few seconds. */
    public void reassert() {
        synchronized (this) {
            counts.forEach((key, count) -> changed.add(count.group, key));
        }
        reportChanges();
    }

    /** One report at a time: what changes meanwhile goes with the next. A failed one is left to the next reassertion. */
    private void reportChanges() {
        Future<Map<String, Integer>> report;
        synchronized (this) {
            if (reporting || changed.isEmpty()) {
                return;
            }
            reporting = true;
            report = report(changed.take(CHUNK));
        }
        report.onComplete(done -> {
            synchronized (this) {
                reporting = false;
            }
            reportChanges();
        });
    }

    /** Under the lock, so that of two reports the later call has the later counts. */
    private Future<Map<String, Integer>> report(List<String> keys) {
        Map<String, Integer> own = new HashMap<>();
        keys.forEach(key -> own.put(key, count(key)));
        return cluster.report(own);
    }
}

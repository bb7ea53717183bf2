// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import dev.sluice.gateway.Gateway;
import dev.sluice.publisher.EventPublisher;
import dev.sluice.publisher.PublisherVerticle;
import dev.sluice.stream.cluster.ClusterStanding.Doubt;
import dev.sluice.stream.cluster.ClusterStanding.Verdict;
import dev.sluice.stream.log.StreamLog;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws the consequences of what happens to the cluster. While the node is in doubt it is not ready and says of nothing that it is current;
 * without a quorum it also refuses publishes at once and sends its sessions to other nodes. The doubt ends when every shard of the log has
 * answered, with its backups' consent, and everything held here has been compared with it.
 *
 * <pre>
 *   believed --no quorum, paused, merged--> in doubt --quorum--> verifying --log and gateway agree--> believed
 *                                              ^-------- another doubt -------'
 * </pre>
 *
 * <p>Confined to one context, but for {@link #hear} and {@link #doubt()}.
 */
final class NodeStanding {

    private static final Logger LOGGER = LoggerFactory.getLogger(NodeStanding.class);

    private final Context context;
    private final StreamLog log;
    private final EventPublisher publisher;
    private final Optional<PublisherVerticle> bus;
    private final Optional<Gateway> gateway;
    private volatile Doubt doubt;
    private long doubts;
    private long doubtedAt;
    private boolean verifying;

    /** Believes to begin with: the log has answered. */
    NodeStanding(
            Context context,
            StreamLog log,
            EventPublisher publisher,
            Optional<PublisherVerticle> bus,
            Optional<Gateway> gateway) {
        this.context = context;
        this.log = log;
        this.publisher = publisher;
        this.bus = bus;
        this.gateway = gateway;
    }

    /** Why the node may not believe what it holds; empty when it may. Any thread. */
    Optional<Doubt> doubt() {
        return Optional.ofNullable(doubt);
    }

    /** Hears what a look at the cluster told. Any thread. */
    void hear(Verdict verdict) {
        context.runOnContext(nothing -> judge(verdict));
    }

    private void judge(Verdict verdict) {
        if (verdict.doubt().isPresent()) {
            begin(verdict.doubt().get());
        } else if (doubt != null) {
            verify();
        } else if (verdict.changed()) {
            compareAll();
        }
    }

    private void begin(Doubt reason) {
        if (doubt == Doubt.NO_QUORUM && reason == Doubt.NO_QUORUM) {
            return;
        }
        if (doubt == null) {
            doubtedAt = System.nanoTime();
        }
        doubts++;
        doubt = reason;
        gateway.ifPresent(Gateway::doubt);
        LOGGER.atWarn()
                .addKeyValue("reason", reason.text())
                .log("in doubt: nothing is called current until the log has confirmed it");
        if (reason == Doubt.NO_QUORUM) {
            publisher.suspend("the cluster has no quorum");
            gateway.ifPresent(Gateway::leaveToOthers);
        }
    }

    private void verify() {
        if (verifying) {
            return;
        }
        verifying = true;
        long asked = doubts;
        everyShardAnswers(0)
                .compose(answered -> compareAll())
                .onSuccess(compared -> {
                    if (asked == doubts) {
                        believe();
                    }
                })
                .onComplete(done -> verifying = false); // the next look begins anew if it failed
    }

    private void believe() {
        long millis = (System.nanoTime() - doubtedAt) / 1_000_000;
        LOGGER.atInfo()
                .addKeyValue("reason", doubt.text())
                .addKeyValue("afterMs", millis)
                .log("believed again: the log has confirmed everything");
        doubt = null;
        publisher.resume();
        gateway.ifPresent(Gateway::believe);
    }

    /** The version alone would be no proof: an owner that the others have given up still knows it. Its backups do not answer it, though. */
    private Future<Void> everyShardAnswers(int shard) {
        return shard == log.shards()
                ? Future.succeededFuture()
                : log.version(shard)
                        .compose(version -> log.changes(shard, version))
                        .compose(changes -> everyShardAnswers(shard + 1));
    }

    /** The bus may have lost what is registered on it, and the log may have changed. */
    private Future<Void> compareAll() {
        bus.ifPresent(PublisherVerticle::registerAgain);
        return gateway.map(Gateway::clusterChanged).orElseGet(Future::succeededFuture);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.bus;

import dev.sluice.stream.log.ShardVersion;
import io.vertx.core.MultiMap;
import io.vertx.core.eventbus.DeliveryOptions;
import java.util.List;
import java.util.Optional;

/**
 * A push without an event, which asks nothing but whether pushes arrive: an empty batch, in the same codec, at the same address as real
 * ones, told apart by its headers. A release that does not know them gets a batch with nothing in it.
 *
 * @param node who sent it, by its id in the cluster
 * @param round which of the sender's rounds it belongs to, from 1
 * @param sentAt when, epoch milliseconds by the sender's clock
 */
public record ShardProbe(String node, long round, long sentAt) {

    private static final String NODE = "probe-node";
    private static final String ROUND = "probe-round";
    private static final String SENT_AT = "probe-sent-at";

    /** The body of a probe. */
    public static CommittedBatch batch(int shard) {
        return new CommittedBatch(shard, ShardVersion.NONE, 0, List.of());
    }

    /** How a probe is sent. */
    public DeliveryOptions options() {
        return new DeliveryOptions()
                .setCodecName(CommittedBatchCodec.NAME)
                .addHeader(NODE, node)
                .addHeader(ROUND, Long.toString(round))
                .addHeader(SENT_AT, Long.toString(sentAt));
    }

    /** The probe that a message is; empty when it is a real push, or a probe that cannot be read. */
    public static Optional<ShardProbe> of(MultiMap headers) {
        String node = headers.get(NODE);
        if (node == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new ShardProbe(node, Long.parseLong(headers.get(ROUND)), Long.parseLong(headers.get(SENT_AT))));
        } catch (NumberFormatException e) {
            return Optional.empty(); // handled as the empty batch that it is
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.bus;

import io.vertx.core.Vertx;

/** The event-bus addresses of the cluster. */
public final class BusAddresses {

    /** Takes a CloudEvents JSON body with the headers {@code org} and {@code service}; replies {@code {epoch, seq}}. */
    public static final String PUBLISH = "sluice.publish";

    /** Where gateways tell each other, every few seconds, that they speak and what they hear. */
    public static final String CANARY = "sluice.canary";

    private static final String SHARD_PREFIX = "sluice.shard.";

    private BusAddresses() {}

    /** Where the pushes of a shard go. */
    public static String shard(int shard) {
        return SHARD_PREFIX + shard;
    }

    /** Whether pushes of a shard go to the address. */
    public static boolean isShard(String address) {
        return address.startsWith(SHARD_PREFIX);
    }

    /** Registers the codecs; once for each Vert.x instance, before its first consumer. */
    public static void registerCodecs(Vertx vertx) {
        vertx.eventBus().registerDefaultCodec(CommittedBatch.class, new CommittedBatchCodec());
    }
}

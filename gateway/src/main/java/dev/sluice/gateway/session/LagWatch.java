// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import io.vertx.core.json.JsonObject;

/** Whether a session keeps up: samples how far it is behind, once a second. Confined to the session's loop. */
final class LagWatch {

    private final Session session;
    private final SessionServices services;
    private int slowSamples;

    LagWatch(Session session, SessionServices services) {
        this.session = session;
        this.services = services;
    }

    /**
     * Warns a session that is far behind, and closes it when it stays so: it comes back and resumes, having lost nothing that is held.
     *
     * @param slowest of its subscriptions, the one that is most behind; null if it has none
     */
    void sample(Subscription slowest) {
        SessionOptions options = services.options();
        if (slowest == null || slowest.lag() <= options.maxLag()) {
            slowSamples = 0;
            return;
        }
        slowSamples++;
        services.metrics().slowWarning();
        if (slowSamples >= options.slowSamples()) {
            services.metrics().slowConsumer();
            session.close(CloseReason.SLOW_CONSUMER, "too slow for too long; reconnect and resume");
        } else if (session.isWritable()) {
            session.write(ServerFrames.warning(
                    "slow_consumer",
                    new JsonObject()
                            .put("service", slowest.service())
                            .put("lag", slowest.lag())
                            .put("maxLag", options.maxLag())
                            .put("sample", slowSamples)
                            .put("closesAt", options.slowSamples())));
        }
    }

    /** How many samples in a row the session has been too far behind. */
    int slowSamples() {
        return slowSamples;
    }
}

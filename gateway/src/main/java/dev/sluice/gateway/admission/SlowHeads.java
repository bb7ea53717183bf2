// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.admission;

import dev.sluice.gateway.ops.GatewayMetrics;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Closes HTTP connections that are held open without a request (slowloris): an idle timeout counts bytes, so one byte now and then gets
 * around it; this counts complete request heads. While a request is answered the connection is nobody's business here, and
 * when it has become a WebSocket it is the session's. Bodies have a timeout where they are read. Confined to one event loop.
 */
public final class SlowHeads {

    private final long headTimeoutMs;
    private final long idleTimeoutMs;
    private static final String SLOW_HEAD = "slow_head";
    private static final String IDLE = "idle";

    private final GatewayMetrics metrics;
    private final Map<HttpConnection, Wait> waits = new HashMap<>();

    /** What a connection has done. */
    private static final class Wait {
        private long since;
        private HttpServerRequest request;
        private boolean answering;

        Wait(long since) {
            this.since = since;
        }
    }

    /** Watches nothing yet. */
    public SlowHeads(AdmissionOptions options, GatewayMetrics metrics) {
        this.headTimeoutMs = options.headTimeout().toMillis();
        this.idleTimeoutMs = options.idleTimeout().toMillis();
        this.metrics = metrics;
        metrics.refused(SLOW_HEAD, 0);
        metrics.refused(IDLE, 0);
    }

    /**
     * A connection was made.
     *
     * @param now milliseconds of a clock that does not go back, as in the other calls
     */
    public void connected(HttpConnection connection, long now) {
        waits.put(connection, new Wait(now));
        connection.closeHandler(closed -> waits.remove(connection));
    }

    /** The head of a request is complete. */
    public void requested(HttpServerRequest request) {
        Wait wait = waits.get(request.connection());
        if (wait != null) {
            wait.request = request;
            wait.answering = true;
        }
    }

    /** The connection is no HTTP connection any more. */
    public void upgraded(HttpConnection connection) {
        waits.remove(connection);
    }

    /** Closes those that have waited too long; to be called about once a second. */
    public void sweep(long now) {
        // A copy: closing removes from the map.
        for (Map.Entry<HttpConnection, Wait> entry : List.copyOf(waits.entrySet())) {
            Wait wait = entry.getValue();
            if (wait.answering && wait.request.response().ended()) {
                wait.answering = false;
                wait.since = now;
            }
            long limit = wait.request == null ? headTimeoutMs : idleTimeoutMs;
            if (!wait.answering && now - wait.since >= limit) {
                waits.remove(entry.getKey());
                metrics.refused(wait.request == null ? SLOW_HEAD : IDLE, 1);
                entry.getKey().close();
            }
        }
    }
}

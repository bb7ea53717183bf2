// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.ops;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;

/** {@code GET /metrics}: all meters of the process in the Prometheus text format. */
public final class PrometheusRoute {

    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private PrometheusRoute() {}

    /** Adds the route. */
    public static void mount(Router router, MetricsGuard guard, PrometheusMeterRegistry registry) {
        router.get("/metrics").handler(guard::check).handler(routing -> routing.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, TEXT)
                .end(registry.scrape()));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.tracing;

import dev.sluice.stream.trace.OpenTelemetryTracing;
import dev.sluice.stream.trace.Tracing;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The way of the spans of this process to a collector. What a collector does, however slow it is, nobody waits for: neither an event, nor a
 * stop for longer than {@link #FLUSH_TIMEOUT}.
 */
public final class TracingExport {

    /** How long a stop waits for the last spans to be sent. */
    static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(3);

    private static final Duration EXPORT_TIMEOUT = Duration.ofSeconds(10);
    private static final String SERVICE = "sluice";

    /** Kept, for the levels of loggers that nobody holds are forgotten. What it would say {@link SpanQueue} says, in our format. */
    private static final Logger SILENCED = Logger.getLogger("io.opentelemetry");

    private final SdkTracerProvider provider;
    private final Tracing tracing;

    TracingExport(SpanExporter exporter, TracingOptions options, String node, String release, SpanMeters meters) {
        SILENCED.setLevel(Level.OFF);
        provider = SdkTracerProvider.builder()
                .setResource(Resource.getDefault()
                        .merge(Resource.create(Attributes.builder()
                                .put("service.name", SERVICE)
                                .put("service.instance.id", node)
                                .put("service.version", release)
                                .build())))
                // What begins here was sampled before it came to this; the rest follows its caller.
                .setSampler(Sampler.parentBased(Sampler.alwaysOn()))
                .addSpanProcessor(new SpanQueue(exporter, options.maxQueuedSpans(), meters))
                .build();
        tracing = new OpenTelemetryTracing(provider.get(OpenTelemetryTracing.SCOPE), options.sampleRatio());
    }

    /**
     * Begins.
     *
     * @param options with tracing enabled
     * @param node the name of this node, the {@code service.instance.id}
     * @param release the {@code service.version}
     * @throws dev.sluice.stream.config.ConfigException when the file of headers cannot be read
     */
    public static TracingExport start(TracingOptions options, String node, String release, SpanMeters meters) {
        OtlpHttpSpanExporterBuilder exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(options.endpoint().toString())
                .setTimeout(EXPORT_TIMEOUT);
        options.headersFile().ifPresent(file -> CollectorHeaders.read(file).forEach(exporter::addHeader));
        return new TracingExport(exporter.build(), options, node, release, meters);
    }

    /** What makes the spans. */
    public Tracing tracing() {
        return tracing;
    }

    /** Sends what is left, and ends; completes after {@link #FLUSH_TIMEOUT} at the latest, and never fails. Any thread. */
    public Future<Void> close(Vertx vertx) {
        Promise<Void> closed = Promise.promise();
        long deadline = vertx.setTimer(FLUSH_TIMEOUT.toMillis(), timer -> closed.tryComplete());
        provider.shutdown().whenComplete(() -> {
            vertx.cancelTimer(deadline);
            closed.tryComplete();
        });
        return closed.future();
    }
}

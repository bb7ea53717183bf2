// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.tracing;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The spans that wait for the collector: bounded, and what finds no room is dropped and counted. Sending them is the work of a thread of its
 * own ({@link BatchSpanProcessor}); whoever ends a span never waits.
 */
final class SpanQueue implements SpanProcessor {

    private static final Logger LOGGER = LoggerFactory.getLogger(SpanQueue.class);

    private final int maxQueued;
    private final SpanMeters meters;
    private final SpanProcessor batches;
    private final AtomicInteger queued = new AtomicInteger();

    SpanQueue(SpanExporter exporter, int maxQueued, SpanMeters meters) {
        this.maxQueued = maxQueued;
        this.meters = meters;
        // Its own bound is not reached, for it would drop without saying so.
        this.batches = BatchSpanProcessor.builder(new Counting(exporter))
                .setMaxQueueSize(maxQueued)
                .build();
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
        // of no interest
    }

    @Override
    public boolean isStartRequired() {
        return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        if (!span.getSpanContext().isSampled()) {
            return;
        }
        if (queued.incrementAndGet() > maxQueued) {
            queued.decrementAndGet();
            meters.dropped();
        } else {
            batches.onEnd(span);
        }
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }

    @Override
    public CompletableResultCode forceFlush() {
        return batches.forceFlush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return batches.shutdown();
    }

    /** Tells what became of each batch, and of a collector that does not answer once. */
    private final class Counting implements SpanExporter {
        private final SpanExporter exporter;
        private volatile boolean failing;

        Counting(SpanExporter exporter) {
            this.exporter = exporter;
        }

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            int size = spans.size();
            queued.addAndGet(-size);
            CompletableResultCode result = exporter.export(spans);
            result.whenComplete(() -> {
                if (result.isSuccess()) {
                    meters.exported(size);
                } else {
                    meters.failed(size);
                }
                tellOnce(result);
            });
            return result;
        }

        private void tellOnce(CompletableResultCode result) {
            if (failing == !result.isSuccess()) {
                return;
            }
            failing = !result.isSuccess();
            if (failing) {
                LOGGER.atWarn()
                        .addKeyValue("cause", String.valueOf(result.getFailureThrowable()))
                        .log("the collector of traces takes no spans; they are lost until it does");
            } else {
                LOGGER.atInfo().log("the collector of traces takes spans again");
            }
        }

        @Override
        public CompletableResultCode flush() {
            return exporter.flush();
        }

        @Override
        public CompletableResultCode shutdown() {
            return exporter.shutdown();
        }
    }
}

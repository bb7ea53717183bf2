// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.log.StreamLog;
import dev.sluice.stream.trace.Tracing;
import java.util.UUID;

/**
 * What all lanes of a publisher share.
 *
 * @param publisher who commits, to the log
 */
record LaneServices(
        Loop loop,
        StreamLog log,
        PushSender pushes,
        LogBreaker breaker,
        Backoff backoff,
        PublisherOptions options,
        PublisherMetrics metrics,
        UUID publisher,
        Tracing tracing) {}

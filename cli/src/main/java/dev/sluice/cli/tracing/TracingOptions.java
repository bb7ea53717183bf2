// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.tracing;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which events are traced, and where their spans go. Keys begin with {@code tracing}.
 *
 * @param enabled whether any are; false
 * @param endpoint where a collector takes OTLP as protobuf over HTTP; {@code http://127.0.0.1:4318/v1/traces}, http or https
 * @param headersFile a file with headers for the collector, one {@code name: value} a line, such as {@code Authorization: Bearer …}; read at
 *     the start. Default none
 * @param sampleRatio which part of the events that belong to no trace begin one; those that do follow its decision. 0, 0 to 1
 * @param maxQueuedSpans how many spans may wait for the collector before more are dropped; 2 048, 512 to 100 000
 */
public record TracingOptions(
        boolean enabled, URI endpoint, Optional<Path> headersFile, double sampleRatio, int maxQueuedSpans) {

    private static final int MIN_QUEUE = 512;
    private static final int MAX_QUEUE = 100_000;

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException naming the key and its bounds
     */
    public TracingOptions {
        boolean web = "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
        if (!web || endpoint.getHost() == null || endpoint.getUserInfo() != null) {
            // A password belongs into the file of headers, where nobody prints it.
            throw new IllegalArgumentException(
                    "tracing.endpoint must be an http or https URL without a password, such as"
                            + " http://127.0.0.1:4318/v1/traces");
        }
        if (!(sampleRatio >= 0 && sampleRatio <= 1)) {
            throw new IllegalArgumentException("tracing.sampleRatio must be 0 to 1, is " + sampleRatio);
        }
        if (maxQueuedSpans < MIN_QUEUE || maxQueuedSpans > MAX_QUEUE) {
            throw new IllegalArgumentException(
                    "tracing.maxQueuedSpans must be " + MIN_QUEUE + " to " + MAX_QUEUE + ", is " + maxQueuedSpans);
        }
    }

    /** The defaults given with each key: nothing is traced. */
    public static TracingOptions defaults() {
        return new TracingOptions(false, URI.create("http://127.0.0.1:4318/v1/traces"), Optional.empty(), 0, 2_048);
    }
}

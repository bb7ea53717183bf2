// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.trace;

/**
 * The names of what spans tell, those of messaging as OpenTelemetry's semantic conventions have them. None names an org or a user (P7). Listed in
 * docs/operations.md.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/">Semantic conventions for messaging spans</a>
 */
public final class TraceAttributes {

    /** The event's {@code id}, when the span is of one event. */
    public static final String MESSAGE_ID = "messaging.message.id";

    /** Bytes of the event's JSON, when the span is of one event. */
    public static final String BODY_SIZE = "messaging.message.body.size";

    /** How many events, when the span is of several. */
    public static final String BATCH_COUNT = "messaging.batch.message_count";

    /** The epoch of the stream. */
    public static final String EPOCH = "sluice.epoch";

    /** The seq of the event, of the last one when there are several. */
    public static final String SEQ = "sluice.seq";

    /** {@code true} when the event stood there already. */
    public static final String DUPLICATE = "sluice.duplicate";

    /** The shard of the stream. */
    public static final String SHARD = "sluice.shard";

    /** How many events the commit had, those of others included. */
    public static final String COMMIT_EVENTS = "sluice.commit.events";

    /** How often the commit was tried. */
    public static final String COMMIT_ATTEMPTS = "sluice.commit.attempts";

    /** To how many sessions of the node it was handed. */
    public static final String SESSIONS_DELIVERED = "sluice.sessions.delivered";

    /** How many sessions of the node were behind and get it later. */
    public static final String SESSIONS_BEHIND = "sluice.sessions.behind";

    private TraceAttributes() {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.http;

import java.util.Locale;

/**
 * Every {@code type} of a {@link Problem}: the catalogue that {@code openapi.yaml} shows to clients. A name, once released, stays.
 */
public enum ProblemType {
    /** The request is not what the path understands. */
    MALFORMED(400),
    /** Feature flags that cannot be. */
    INVALID_FLAGS(400),
    /** Not the opening handshake of RFC 6455. */
    BAD_HANDSHAKE(400),
    /** The client does not keep to the protocol. */
    PROTOCOL_ERROR(400),
    /** No token, or none that is accepted. */
    UNAUTHORIZED(401),
    /** The token has ended: a new one helps. */
    TOKEN_EXPIRED(401),
    /** The token does not allow it. */
    FORBIDDEN(403),
    /** The page's origin is not on the allow-list. */
    FOREIGN_ORIGIN(403),
    /** The transport is switched off; {@code transports} has those that are not. */
    TRANSPORT_DISABLED(403),
    /** There is no such path. */
    NOT_FOUND(404),
    /** The path has other methods. */
    METHOD_NOT_ALLOWED(405),
    /** The body did not arrive in time. */
    TIMEOUT(408),
    /** A body, an event or a batch is over its limit. */
    TOO_LARGE(413),
    /** A message is over its limit. */
    MESSAGE_TOO_LARGE(413),
    /** The content type or encoding is none that is understood. */
    UNSUPPORTED_MEDIA_TYPE(415),
    /** An {@code Expect} other than {@code 100-continue}. */
    EXPECTATION_FAILED(417),
    /** The path is a WebSocket, and the request was none. */
    UPGRADE_REQUIRED(426),
    /** Another version of the WebSocket protocol than 13. */
    WEBSOCKET_VERSION(426),
    /** As much is under way as may be, of all together. */
    BUSY(429),
    /** As much is under way as may be, of this org. */
    ORG_BUSY(429),
    /** The org has as many streams as it may have; publishing. */
    STREAM_LIMIT(429),
    /** The org has as many streams as it may have; following. */
    TOO_MANY_STREAMS(429),
    /** As many tokens are revoked as may be. */
    REVOCATION_LIMIT(429),
    /** The session follows as many streams as it may. */
    TOO_MANY_SUBSCRIPTIONS(429),
    /** The client sends too much. */
    RATE_LIMITED(429),
    /** The user, org or address has as many connections as it may have; 503 when it is this node's own count of an address. */
    TOO_MANY_CONNECTIONS(429),
    /** Our fault. */
    INTERNAL_ERROR(500),
    /** The cluster cannot take it now. */
    UNAVAILABLE(503),
    /** Tokens cannot be verified now, for the keys are out of reach. */
    UNVERIFIABLE(503),
    /** The node has more than it can serve. */
    OVERLOADED(503),
    /** The node is being emptied; another one takes the client. */
    DRAINING(503),
    /** The node has lost the others. */
    CUT_OFF(503),
    /** The node stops now. */
    GOING_AWAY(503),
    /** Who the client is could not be found out in time. */
    HANDSHAKE_TIMEOUT(503),
    /** The client reads too slowly. */
    SLOW_CONSUMER(503),
    /** Nothing came from the client. */
    UNRESPONSIVE(503);

    private static final String PREFIX = "urn:sluice:problem:";

    private final int status;

    ProblemType(int status) {
        this.status = status;
    }

    /**
     * The type with this code.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static ProblemType of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }

    /** The HTTP status that it has unless said otherwise. */
    public int status() {
        return status;
    }

    /** A short stable name for programs, such as {@code forbidden}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What {@code type} says in the body. */
    public String uri() {
        return PREFIX + code();
    }
}

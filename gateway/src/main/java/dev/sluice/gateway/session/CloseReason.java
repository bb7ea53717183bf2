// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

/**
 * Every way a session ends: the catalogue of close codes (PROTOCOL section 4). 4000 to 4499: the client comes back; 4500 to
 * 4999: it does not.
 */
public enum CloseReason {
    /** The node stops now. */
    GOING_AWAY(1001, "going_away"),
    /** No handshake came in time. */
    HANDSHAKE_TIMEOUT(4000, "handshake_timeout"),
    /** The client reads too slowly; its cursors are good. */
    SLOW_CONSUMER(4001, "slow_consumer"),
    /** The token has ended. */
    TOKEN_EXPIRED(4002, "token_expired"),
    /** The client sends too much. */
    RATE_LIMITED(4003, "rate_limited"),
    /** The user or the org has as many connections as it may have. */
    TOO_MANY_CONNECTIONS(4004, "too_many_connections"),
    /** The node drains, or gives sessions away. */
    DRAINING(4005, "draining"),
    /** The node has more than it can serve. */
    OVERLOADED(4006, "overloaded"),
    /** Our fault. */
    INTERNAL_ERROR(4007, "internal_error"),
    /** The client does not keep to the protocol. */
    PROTOCOL_ERROR(4500, "protocol_error"),
    /** There is no valid token. */
    UNAUTHORIZED(4501, "unauthorized"),
    /** The token does not allow it. */
    FORBIDDEN(4502, "forbidden"),
    /** A message from the client is over the limit. */
    MESSAGE_TOO_LARGE(4503, "message_too_large"),
    /** Nothing came from the client, not even the answer to a ping: most likely there is nobody to read this. */
    UNRESPONSIVE(1001, "unresponsive"),
    /** A long poll has its answer; nothing more is sent. */
    ANSWERED(1000, "answered"),
    /** The client closed, or its connection broke; nothing is sent. */
    CLIENT_GONE(1000, "client_gone");

    private final int code;
    private final String wire;

    CloseReason(int code, String wire) {
        this.code = code;
        this.wire = wire;
    }

    /** The close code. */
    public int code() {
        return code;
    }

    /** The name in frames, metrics and logs. */
    public String wire() {
        return wire;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import io.vertx.core.json.JsonObject;

/**
 * How the server ends a session.
 *
 * @param message for the client: what is wrong and what would be right
 * @param details further members of the {@code error} frame
 */
public record Closing(CloseReason reason, String message, JsonObject details) {

    /** The {@code error} frame that goes before the end. */
    public ControlFrame frame() {
        return ServerFrames.error(reason.wire(), message, true, details);
    }

    /** The same with the close code in it, for transports that have no close frame. */
    public ControlFrame frameWithCode() {
        return ServerFrames.error(reason.wire(), message, true, details.copy().put("closeCode", reason.code()));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport.http;

import io.netty.channel.ChannelFuture;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;

/**
 * Ends a connection whatever is still to be sent. Vert.x's own close waits until all of it is written, which for a client that does not read is
 * never; so this goes past it, by an internal API.
 */
final class Abort {

    private Abort() {}

    /** On the connection's event loop. */
    static void connectionOf(HttpServerRequest request) {
        // Through the context: Vert.x catches what is closed through the channel, and waits.
        ChannelFuture unused = ((HttpServerConnection) request.connection())
                .channelHandlerContext()
                .close();
    }
}

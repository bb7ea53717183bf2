// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport.websocket;

import dev.sluice.gateway.admission.ClientAddresses;
import dev.sluice.gateway.session.QueryHandshake;
import dev.sluice.gateway.session.Session;
import dev.sluice.gateway.session.SessionLoop;
import dev.sluice.gateway.session.SessionOptions;
import dev.sluice.gateway.session.Transport;
import dev.sluice.gateway.transport.Doorman;
import dev.sluice.stream.auth.BearerTokens;
import dev.sluice.stream.http.Problem;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET /v2/realtime/stream}: the WebSocket door (PROTOCOL section 4). One for each event loop. */
public final class WebSocketTransport {

    /** Where clients connect. */
    public static final String PATH = "/v2/realtime/stream";

    private static final Logger LOGGER = LoggerFactory.getLogger(WebSocketTransport.class);
    private static final String SUBPROTOCOL = "sluice.v2";
    private static final String EXTENSIONS = "sec-websocket-extensions";
    /** Frames above the message limit are read up to here, so that the client can be told with our own close code. */
    private static final int FRAME_ALLOWANCE = 2;

    private final Vertx vertx;
    private final SessionLoop loop;
    private final SessionOptions options;
    private final Doorman doorman;
    private final boolean compression;
    private final MessageInflater inflater;
    private final SocketMemory memory = new SocketMemory();
    private final ClientAddresses addresses;

    /** A door to the sessions of the given loop. */
    public WebSocketTransport(
            Vertx vertx,
            SessionLoop loop,
            SessionOptions options,
            Doorman doorman,
            ClientAddresses addresses,
            boolean compression) {
        this.vertx = vertx;
        this.loop = loop;
        this.options = options;
        this.doorman = doorman;
        this.compression = compression;
        this.inflater = new MessageInflater(options.maxMessageBytes());
        this.addresses = addresses;
    }

    /** Sets what the HTTP server must know about WebSockets. */
    public static HttpServerOptions configure(HttpServerOptions server, SessionOptions options) {
        if (options.sendBufferBytes() > 0) {
            server.setSendBufferSize(options.sendBufferBytes());
        }
        return server.setWebSocketSubProtocols(List.of(SUBPROTOCOL))
                // permessage-deflate is negotiated here, see DeflateOffer.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setMaxWebSocketFrameSize(options.maxMessageBytes() * FRAME_ALLOWANCE)
                .setMaxWebSocketMessageSize(options.maxMessageBytes())
                .setWebSocketClosingTimeout(
                        (int) Math.max(1, options.closeTimeout().toSeconds()));
    }

    /**
     * Takes a request to {@link #PATH}. Not a route of a Vert.x Web router, for that wraps the socket and hides its channel.
     *
     * @param upgraded called when it has become a WebSocket
     */
    public void handle(HttpServerRequest request, Runnable upgraded) {
        Optional<String> address = addresses.of(request);
        Optional<Problem> refusal = refusal(request, address);
        if (refusal.isPresent()) {
            refusal.get().send(request.response());
            return;
        }
        Optional<DeflateOffer> deflate =
                compression ? DeflateOffer.firstAcceptable(request.headers().getAll(EXTENSIONS)) : Optional.empty();
        deflate.ifPresent(offer -> request.response().putHeader(EXTENSIONS, offer.answer()));
        request.toWebSocket().onComplete((socket, failure) -> {
            if (failure == null) {
                upgraded.run();
                open(request, socket, deflate, address);
            } else {
                // Vert.x has answered with the status that the RFC asks for.
                LOGGER.atDebug().addKeyValue("cause", failure.toString()).log("upgrade failed");
            }
        });
    }

    private Optional<Problem> refusal(HttpServerRequest request, Optional<String> address) {
        Optional<Problem> malformed = OpeningHandshake.refusal(request);
        malformed.ifPresent(problem -> doorman.gate().refused(problem.code()));
        return malformed.or(() -> doorman.refusal(request, Transport.WEBSOCKET, address));
    }

    private void open(
            HttpServerRequest request,
            ServerWebSocket socket,
            Optional<DeflateOffer> deflate,
            Optional<String> address) {
        SessionEvents events = new SessionEvents();
        MessageAssembler assembler = new MessageAssembler(options.maxMessageBytes(), deflate, inflater);
        SharedFrameChannel channel = new SharedFrameChannel(
                socket,
                options.writeBufferBytes(),
                options.maxMessageBytes() * FRAME_ALLOWANCE,
                assembler,
                memory,
                events);
        WebSocketOutput output = new WebSocketOutput(vertx, socket, options, channel, deflate.isPresent());
        Session session = loop.open(output, BearerTokens.from(request), address);
        events.session = session;
        socket.textMessageHandler(session::onText);
        socket.binaryMessageHandler(message -> session.onBinary());
        socket.exceptionHandler(failure -> onException(session, failure));
        socket.pongHandler(pong -> session.onPong());
        socket.closeHandler(nothing -> session.onGone());
        query(request).ifPresent(session::handshakeFromQuery);
    }

    /** Lets go of what the sessions of the loop share, which must have ended. On the loop. */
    public void close() {
        memory.close();
    }

    /** Output and session need each other; the session comes second. */
    private static final class SessionEvents implements SharedFrameChannel.Events {
        private Session session;

        @Override
        public void writable() {
            session.onWritable();
        }

        @Override
        public void violated(CorruptedWebSocketFrameException violation) {
            if (WebSocketCloseStatus.MESSAGE_TOO_BIG.equals(violation.closeStatus())) {
                session.onTooLarge();
            } else {
                session.onViolation();
            }
        }
    }

    private static Optional<QueryHandshake> query(HttpServerRequest request) {
        return Optional.ofNullable(request.getParam("services"))
                .map(services -> new QueryHandshake(
                        services,
                        Optional.ofNullable(request.getParam("cursor")),
                        Optional.ofNullable(request.getParam("lastSeq"))));
    }

    private static void onException(Session session, Throwable failure) {
        LOGGER.atDebug()
                .addKeyValue("session", session.id())
                .addKeyValue("cause", failure.toString())
                .log("connection failed");
    }
}

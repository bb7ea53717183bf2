// SPDX-License-Identifier: Apache-2.0

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;
import io.vertx.ext.bridge.PermittedOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.sockjs.SockJSBridgeOptions;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;

/**
 * The event-bus bridge of Vert.x Web as its documentation has it: an address for each stream, clients register for addresses that
 * match a pattern. Arguments: the port, and the port of the feed (one event a line). Run from its source with the classes of Vert.x.
 */
final class VertxSockJs {

    private VertxSockJs() {}

    /** Starts it. */
    public static void main(String[] args) {
        Vertx vertx = Vertx.vertx(new io.vertx.core.VertxOptions().setPreferNativeTransport(true));
        SockJSBridgeOptions options =
                new SockJSBridgeOptions().addOutboundPermitted(new PermittedOptions().setAddressRegex("s[0-9]{5}"));
        Router router = Router.router(vertx);
        router.route("/eventbus/*").subRouter(SockJSHandler.create(vertx).bridge(options));
        vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setAcceptBacklog(4096))
                .requestHandler(router)
                .listen(Integer.parseInt(args[0]))
                .await();
        vertx.createNetServer()
                .connectHandler(socket -> socket.handler(RecordParser.newDelimited("\n", line -> {
                    JsonObject event = new JsonObject(line);
                    vertx.eventBus().publish(event.getString("service"), event);
                })))
                .listen(Integer.parseInt(args[1]), "127.0.0.1")
                .await();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.tls;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate that the servers of this process show, and its replacement: files that are other ones, and belong together, are taken for connections that
 * come from then on. Those that are open go on as they are, so a renewal costs no session. Files that cannot be used are logged, and the old ones kept.
 */
public final class Certificates {

    private static final Logger LOGGER = LoggerFactory.getLogger(Certificates.class);

    /** What a client may speak: what has no known weakness, and forward secrecy. */
    private static final Set<String> PROTOCOLS = Set.of("TLSv1.3", "TLSv1.2");

    /** What the log says of new files that cannot be used. */
    public static final String KEPT = "the certificate cannot be renewed; the old one is kept";

    private final Vertx vertx;
    private final TlsOptions options;
    private volatile PemFiles current;
    private volatile OptionalLong timer = OptionalLong.empty();

    private Certificates(Vertx vertx, TlsOptions options, PemFiles current) {
        this.vertx = vertx;
        this.options = options;
        this.current = current;
    }

    /**
     * Reads the files, if there are any; any thread.
     *
     * @return fails with {@link java.io.IOException} when they cannot be used
     */
    public static Future<Certificates> load(Vertx vertx, TlsOptions options) {
        if (!options.isOn()) {
            return Future.succeededFuture(new Certificates(vertx, options, null));
        }
        return vertx.executeBlocking(options::read).map(files -> {
            Certificates loaded = new Certificates(vertx, options, files);
            loaded.announce("serving TLS");
            return loaded;
        });
    }

    private void announce(String what) {
        LOGGER.atInfo().addKeyValue("expiresAt", current.expiresAt()).log(what);
    }

    /** Makes a server speak TLS, if there are files. */
    public HttpServerOptions configure(HttpServerOptions server) {
        return options.isOn() ? configure(server, current) : server;
    }

    private static HttpServerOptions configure(HttpServerOptions server, PemFiles files) {
        return server.setSsl(true)
                .setUseAlpn(false) // no HTTP/2: no WebSocket goes over it here
                .setEnabledSecureTransportProtocols(PROTOCOLS)
                .setKeyCertOptions(files.toOptions());
    }

    /**
     * Looks at the files from now on.
     *
     * @param renewal gives the new options to every server; called on a thread of Vert.x
     */
    public void watch(Function<ServerSSLOptions, Future<?>> renewal) {
        if (options.isOn()) {
            timer = OptionalLong.of(vertx.setPeriodic(options.checkInterval().toMillis(), id -> check(renewal)));
        }
    }

    private void check(Function<ServerSSLOptions, Future<?>> renewal) {
        vertx.executeBlocking(options::read)
                .compose(files -> files.isSameAs(current) ? Future.succeededFuture() : renew(files, renewal))
                .onFailure(failure -> LOGGER.atError()
                        .addKeyValue("cause", failure.getMessage())
                        .addKeyValue("expiresAt", current.expiresAt())
                        .log(KEPT));
    }

    private Future<?> renew(PemFiles files, Function<ServerSSLOptions, Future<?>> renewal) {
        ServerSSLOptions renewed = configure(new HttpServerOptions(), files).getSslOptions();
        return renewal.apply(renewed).onSuccess(done -> {
            current = files;
            announce("the certificate was renewed");
        });
    }

    /** Looks at the files no more. */
    public void close() {
        timer.ifPresent(vertx::cancelTimer);
    }
}

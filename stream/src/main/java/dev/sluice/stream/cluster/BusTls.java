// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBusOptions;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of this node's event bus, and its renewal: files that are other ones, and of use together, are taken for connections that are made from then on. Files that
 * cannot be used are logged, and the old ones kept. Any thread.
 */
final class BusTls {

    /** What the log says of new files that cannot be used. */
    static final String KEPT = "the certificate of the event bus cannot be renewed; the old one is kept";

    /** What the log says of new files that are used. */
    static final String RENEWED = "the certificate of the event bus was renewed";

    private static final Logger LOGGER = LoggerFactory.getLogger(BusTls.class);

    private final BusTlsOptions options;
    private volatile BusIdentity current;

    private BusTls(BusTlsOptions options, BusIdentity current) {
        this.options = options;
        this.current = current;
    }

    /**
     * Reads the files, if there are any; blocks.
     *
     * @throws dev.sluice.stream.config.ConfigException when they cannot be used
     */
    static Optional<BusTls> load(BusTlsOptions options) {
        return options.isOn() ? Optional.of(new BusTls(options, BusIdentity.read(options))) : Optional.empty();
    }

    /** Makes an event bus that is not started yet speak TLS with members only. */
    void configure(EventBusOptions bus) {
        current.configure(bus);
    }

    /** Looks at the files until Vert.x is closed, and logs who is refused. */
    Future<Void> watch(Vertx vertx) {
        BusSockets sockets = BusSockets.of(vertx);
        return sockets.use(current).onSuccess(done -> {
            announce("the event bus speaks TLS");
            vertx.setPeriodic(options.checkInterval().toMillis(), timer -> check(vertx, sockets));
        });
    }

    private void check(Vertx vertx, BusSockets sockets) {
        vertx.executeBlocking(() -> BusIdentity.read(options))
                .compose(identity -> identity.isSameAs(current) ? Future.succeededFuture() : renew(identity, sockets))
                .onFailure(failure -> LOGGER.atError()
                        .addKeyValue("cause", failure.getMessage())
                        .addKeyValue("expiresAt", current.files().expiresAt())
                        .log(KEPT));
    }

    private Future<Void> renew(BusIdentity identity, BusSockets sockets) {
        return sockets.use(identity).onSuccess(done -> {
            current = identity;
            announce(RENEWED);
        });
    }

    private void announce(String what) {
        LOGGER.atInfo()
                .addKeyValue("subject", current.files().leaf().getSubjectX500Principal())
                .addKeyValue("expiresAt", current.files().expiresAt())
                .log(what);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import dev.sluice.publisher.PublisherHttpOptions;
import dev.sluice.stream.tls.TlsOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says of a port that can be reached from elsewhere that it is in the clear: right behind a proxy or a mesh that encrypts, and nowhere else. */
final class PlainPort {

    private static final String WARNING =
            "tokens and events pass in the clear here: set TLS, or let only a proxy that has it reach this port";

    private static final Logger LOGGER = LoggerFactory.getLogger(PlainPort.class);

    private PlainPort() {}

    /**
     * Writes the warning if there is reason to, of the port that a process of this role has; asks DNS if the host is a name.
     *
     * @return the keys of what is missing, such as {@code gateway.tls}; empty if nothing is
     */
    static Optional<String> warn(SluiceConfig config, NodeRole role) {
        PublisherHttpOptions door = config.publisher().http();
        return role.isLite()
                ? warn("publisher.http.tls", door.host(), door.tls())
                : warn("gateway.tls", config.gateway().host(), config.gateway().tls());
    }

    private static Optional<String> warn(String keys, String host, TlsOptions tls) {
        if (tls.isOn() || isLoopback(host)) {
            return Optional.empty();
        }
        LOGGER.atWarn().addKeyValue("host", host).addKeyValue("keys", keys).log(WARNING);
        return Optional.of(keys);
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return true; // then nothing listens there, and the start says so
        }
    }
}

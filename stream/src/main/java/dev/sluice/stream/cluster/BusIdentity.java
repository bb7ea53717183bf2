// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import dev.sluice.stream.config.ConfigException;
import dev.sluice.stream.tls.PemFiles;
import dev.sluice.stream.tls.PemTrust;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.Set;

/**
 * Who this node is on the event bus, and whom it believes: the files of {@link BusTlsOptions} at one moment, proven to be of use together. Immutable.
 *
 * @param files its certificate and key
 * @param trust whose certificates it believes
 */
record BusIdentity(PemFiles files, PemTrust trust) {

    /** All nodes are ours: what has no known weakness is enough, and there is no older client to be kind to. */
    private static final Set<String> PROTOCOLS = Set.of("TLSv1.3");

    /**
     * Reads and checks the files; blocks.
     *
     * @throws ConfigException naming the key, the file and what is wrong with it, never what is in it
     */
    static BusIdentity read(BusTlsOptions options) {
        Path certificateFile = options.certificateFile().orElseThrow();
        Path trustFile = options.trustFile().orElseThrow();
        try {
            PemFiles files = PemFiles.read(certificateFile, options.keyFile().orElseThrow());
            PemTrust trust = PemTrust.read(trustFile);
            trust.check(files);
            return new BusIdentity(files, trust);
        } catch (IOException e) {
            throw new ConfigException("cluster.busTls cannot be used: " + e.getMessage());
        } catch (CertificateException e) {
            throw new ConfigException("cluster.busTls cannot be used: who believes " + trustFile
                    + " refuses the certificate in " + certificateFile + ": " + e.getMessage());
        }
    }

    /** Makes an event bus that is not started yet show the certificate, and refuse who has none that is believed. */
    void configure(EventBusOptions bus) {
        bus.setSsl(true)
                .setUseAlpn(false)
                .setEnabledSecureTransportProtocols(PROTOCOLS)
                .setKeyCertOptions(files.toOptions())
                .setTrustOptions(trust.toOptions())
                .setTrustAll(false) // true unless said
                .setClientAuth(ClientAuth.REQUIRED);
    }

    /** The same for connections that come, with a line in the log for who is refused. */
    ServerSSLOptions forServer() {
        ServerSSLOptions server = new ServerSSLOptions().setClientAuth(ClientAuth.REQUIRED);
        server.setKeyCertOptions(files.toOptions())
                .setTrustOptions(TrustOptions.wrap(new WatchedTrust(trust.manager())))
                .setEnabledSecureTransportProtocols(PROTOCOLS);
        return server;
    }

    /** The same for connections that go out; Vert.x says in the log when one fails. */
    ClientSSLOptions forClient() {
        ClientSSLOptions client =
                new ClientSSLOptions().setTrustAll(false).setHostnameVerificationAlgorithm(""); // see ADR 15
        client.setKeyCertOptions(files.toOptions())
                .setTrustOptions(trust.toOptions())
                .setEnabledSecureTransportProtocols(PROTOCOLS);
        return client;
    }

    boolean isSameAs(BusIdentity other) {
        return files.isSameAs(other.files) && trust.isSameAs(other.trust);
    }
}

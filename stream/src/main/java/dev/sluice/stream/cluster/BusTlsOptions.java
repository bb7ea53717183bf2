// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import dev.sluice.stream.config.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * TLS for the event bus between the nodes: the keys {@code cluster.busTls.*}. Both sides show a certificate, so who has none that {@code trustFile} believes
 * neither reads nor sends. All files or none; every member of a cluster alike, publishers too.
 *
 * @param certificateFile this node's certificate and its chain, PEM; good for servers and for clients. Default none: the bus is in the clear
 * @param keyFile its private key, PEM, RSA or EC, without a password. Default none
 * @param trustFile the certificates of those whose signature makes a member, PEM; names are not compared, so nobody else may get one from them. Default none
 * @param checkInterval how often it is looked whether the files are other ones, 1 s to 1 h. Default 10 s
 */
public record BusTlsOptions(
        Optional<Path> certificateFile, Optional<Path> keyFile, Optional<Path> trustFile, Duration checkInterval) {

    private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);
    private static final Duration MAX_INTERVAL = Duration.ofHours(1);

    /**
     * Checks that the files come together, and the bounds; not what is in the files.
     *
     * @throws IllegalArgumentException naming the key and what it may be
     */
    public BusTlsOptions {
        long named = Stream.of(certificateFile, keyFile, trustFile)
                .filter(Optional::isPresent)
                .count();
        if (named != 0 && named != 3) {
            throw new IllegalArgumentException("cluster.busTls.certificateFile, cluster.busTls.keyFile and"
                    + " cluster.busTls.trustFile must all be set, or none");
        }
        if (checkInterval.compareTo(MIN_INTERVAL) < 0 || checkInterval.compareTo(MAX_INTERVAL) > 0) {
            throw new IllegalArgumentException(
                    "cluster.busTls.checkInterval must be 1s to 1h, is " + Durations.format(checkInterval));
        }
    }

    /** In the clear. */
    public static BusTlsOptions defaults() {
        return new BusTlsOptions(Optional.empty(), Optional.empty(), Optional.empty(), Duration.ofSeconds(10));
    }

    /** Whether the bus is to speak TLS. */
    public boolean isOn() {
        return certificateFile.isPresent();
    }
}

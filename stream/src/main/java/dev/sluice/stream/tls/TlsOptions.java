// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.tls;

import dev.sluice.stream.config.Durations;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * TLS of an HTTP port. Keys are {@code gateway.tls.*} and {@code publisher.http.tls.*}: the options that have it call {@link #check}. Without files the port speaks
 * plain HTTP, for a proxy on the same machine or a mesh that encrypts.
 *
 * @param certificateFile the certificate and its chain, PEM
 * @param keyFile its private key, PEM, RSA or EC, without a password; both files or neither
 * @param checkInterval how often it is looked whether the files are other ones; 10 s, 1 s to 1 h
 */
public record TlsOptions(Optional<Path> certificateFile, Optional<Path> keyFile, Duration checkInterval) {

    private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);
    private static final Duration MAX_INTERVAL = Duration.ofHours(1);

    /** Plain HTTP. */
    public static TlsOptions defaults() {
        return new TlsOptions(Optional.empty(), Optional.empty(), Duration.ofSeconds(10));
    }

    /**
     * Checks that the files come in pairs, and the bounds; not what is in the files.
     *
     * @param prefix of the keys, such as {@code gateway.tls.}
     * @throws IllegalArgumentException naming the key and what it may be
     */
    public void check(String prefix) {
        if (certificateFile.isPresent() != keyFile.isPresent()) {
            throw new IllegalArgumentException(
                    prefix + "certificateFile and " + prefix + "keyFile must both be set, or neither");
        }
        if (checkInterval.compareTo(MIN_INTERVAL) < 0 || checkInterval.compareTo(MAX_INTERVAL) > 0) {
            throw new IllegalArgumentException(
                    prefix + "checkInterval must be 1s to 1h, is " + Durations.format(checkInterval));
        }
    }

    /** Whether clients are to speak TLS. */
    public boolean isOn() {
        return certificateFile.isPresent();
    }

    /** What is in the files now; blocks. */
    PemFiles read() throws IOException {
        return PemFiles.read(certificateFile.orElseThrow(), keyFile.orElseThrow());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.tls;

import dev.sluice.stream.tls.PemFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * TLS for clients. Keys begin with {@code gateway.tls}. Without files the port speaks plain HTTP, for a proxy on the same machine or a mesh that encrypts.
 *
 * @param certificateFile the certificate and its chain, PEM
 * @param keyFile its private key, PEM, RSA or EC, without a password; both files or neither
 * @param checkInterval how often it is looked whether the files are other ones; 10 s, 1 s to 1 h
 */
public record TlsOptions(Optional<Path> certificateFile, Optional<Path> keyFile, Duration checkInterval) {

    private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);
    private static final Duration MAX_INTERVAL = Duration.ofHours(1);

    /**
     * Checks that the files come in pairs, and the bounds; not what is in the files.
     *
     * @throws IllegalArgumentException naming the key and what it may be
     */
    public TlsOptions {
        if (certificateFile.isPresent() != keyFile.isPresent()) {
            throw new IllegalArgumentException(
                    "gateway.tls.certificateFile and gateway.tls.keyFile must both be set, or neither");
        }
        if (checkInterval.compareTo(MIN_INTERVAL) < 0 || checkInterval.compareTo(MAX_INTERVAL) > 0) {
            throw new IllegalArgumentException("gateway.tls.checkInterval must be 1 s to 1 h, is " + checkInterval);
        }
    }

    /** Plain HTTP. */
    public static TlsOptions defaults() {
        return new TlsOptions(Optional.empty(), Optional.empty(), Duration.ofSeconds(10));
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

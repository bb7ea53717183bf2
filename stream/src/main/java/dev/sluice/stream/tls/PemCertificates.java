// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/** The certificates in a PEM file. */
final class PemCertificates {

    private PemCertificates() {}

    /** At least one, in their order; {@code file} is for the message only. */
    static List<X509Certificate> parse(byte[] pem, Path file) throws IOException {
        try {
            List<X509Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (!found.isEmpty()) {
                return found;
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("there is no certificate in " + file, e);
        }
        throw new IOException("there is no certificate in " + file);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.tls;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Whose certificates are believed: a PEM file as it is on the disk at one moment. Immutable. */
public final class PemTrust {

    /** What the JDK calls the key exchange of TLS 1.3, which says nothing of the key of the certificate. */
    private static final String ANY_EXCHANGE = "UNKNOWN";

    private final byte[] authorities;
    private final X509ExtendedTrustManager manager;

    private PemTrust(byte[] authorities, X509ExtendedTrustManager manager) {
        this.authorities = authorities;
        this.manager = manager;
    }

    /**
     * Reads the certificates of those who sign; blocks.
     *
     * @throws IOException when the file cannot be used, naming it
     */
    public static PemTrust read(Path file) throws IOException {
        byte[] authorities = PemFiles.bytes(file);
        return new PemTrust(authorities, manager(PemCertificates.parse(authorities, file)));
    }

    private static X509ExtendedTrustManager manager(List<X509Certificate> authorities) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("authority-" + i, authorities.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java can believe certificates", e);
        }
    }

    /**
     * Checks that who believes this file would let a holder of the certificate in, as a client and as a server.
     *
     * @throws CertificateException why not: expired, not yet valid, signed by somebody else, not made for it
     */
    public void check(PemFiles files) throws CertificateException {
        files.leaf().checkValidity(); // of a certificate that is itself in the file the JDK does not look at the date
        X509Certificate[] chain = files.chain().toArray(X509Certificate[]::new);
        manager.checkClientTrusted(chain, files.leaf().getPublicKey().getAlgorithm());
        manager.checkServerTrusted(chain, ANY_EXCHANGE);
    }

    /** What decides. */
    public X509ExtendedTrustManager manager() {
        return manager;
    }

    /** For a server or a client of Vert.x. */
    public PemTrustOptions toOptions() {
        return new PemTrustOptions().addCertValue(Buffer.buffer(authorities));
    }

    /** Whether the files were the same, byte for byte. */
    public boolean isSameAs(PemTrust other) {
        return Arrays.equals(authorities, other.authorities);
    }
}

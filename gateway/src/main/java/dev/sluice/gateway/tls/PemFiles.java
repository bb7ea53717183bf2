// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.tls;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/**
 * A certificate and its key as they are on the disk at one moment, proven to belong together: files that are replaced one after the other are not, for a
 * moment, and a server that took them then would answer nobody.
 */
final class PemFiles {

    private static final byte[] PROBE = {1, 2, 3, 4};

    private final byte[] certificate;
    private final byte[] key;
    private final X509Certificate leaf;

    private PemFiles(byte[] certificate, byte[] key, X509Certificate leaf) {
        this.certificate = certificate;
        this.key = key;
        this.leaf = leaf;
    }

    /**
     * Reads and checks them; blocks.
     *
     * @throws IOException saying which file cannot be used and why, never what is in it
     */
    static PemFiles read(Vertx vertx, TlsOptions options) throws IOException {
        byte[] certificate = Files.readAllBytes(options.certificateFile().orElseThrow());
        byte[] key = Files.readAllBytes(options.keyFile().orElseThrow());
        X509Certificate leaf = leaf(certificate, options);
        PemFiles files = new PemFiles(certificate, key, leaf);
        files.checkPair(vertx, options);
        return files;
    }

    private static X509Certificate leaf(byte[] certificate, TlsOptions options) throws IOException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "there is no certificate in " + options.certificateFile().orElseThrow(), e);
        }
    }

    private void checkPair(Vertx vertx, TlsOptions options) throws IOException {
        try {
            KeyManagerFactory factory = toOptions().getKeyManagerFactory(vertx);
            X509KeyManager manager = (X509KeyManager) factory.getKeyManagers()[0];
            String alias = manager.getServerAliases(leaf.getPublicKey().getAlgorithm(), null)[0];
            if (!belong(manager.getPrivateKey(alias), leaf.getPublicKey())) {
                throw new IOException(options.keyFile().orElseThrow() + " is not the key of the certificate in "
                        + options.certificateFile().orElseThrow());
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) { // what Vert.x declares
            throw new IOException(
                    "there is no key in " + options.keyFile().orElseThrow()
                            + " that can be used with the certificate in "
                            + options.certificateFile().orElseThrow(),
                    e);
        }
    }

    private static boolean belong(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
        String algorithm =
                switch (certified.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> certified.getAlgorithm();
                };
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(PROBE);
        byte[] signed = signer.sign();
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(certified);
        verifier.update(PROBE);
        return verifier.verify(signed);
    }

    PemKeyCertOptions toOptions() {
        return new PemKeyCertOptions().addCertValue(Buffer.buffer(certificate)).addKeyValue(Buffer.buffer(key));
    }

    /** Until when the certificate is valid. */
    Instant expiresAt() {
        return leaf.getNotAfter().toInstant();
    }

    boolean isSameAs(PemFiles other) {
        return Arrays.equals(certificate, other.certificate) && Arrays.equals(key, other.key);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.tls;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/**
 * A certificate and its key as they are on the disk at one moment, proven to belong together: files that are replaced one after the other are not, for a
 * moment, and a server that took them then would answer nobody. Immutable.
 */
public final class PemFiles {

    private static final byte[] PROBE = {1, 2, 3, 4};

    private final byte[] certificate;
    private final byte[] key;
    private final List<X509Certificate> chain;

    private PemFiles(byte[] certificate, byte[] key, List<X509Certificate> chain) {
        this.certificate = certificate;
        this.key = key;
        this.chain = chain;
    }

    /**
     * Reads and checks them; blocks.
     *
     * @param certificateFile the certificate and its chain, PEM
     * @param keyFile its private key, PEM, RSA or EC, without a password
     * @throws IOException saying which file cannot be used and why, never what is in it
     */
    public static PemFiles read(Path certificateFile, Path keyFile) throws IOException {
        byte[] certificate = bytes(certificateFile);
        byte[] key = bytes(keyFile);
        PemFiles files = new PemFiles(certificate, key, PemCertificates.parse(certificate, certificateFile));
        files.checkPair(certificateFile, keyFile);
        return files;
    }

    /** What is in a file; a sentence when it is missing. */
    static byte[] bytes(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException(file + " does not exist", e);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void checkPair(Path certificateFile, Path keyFile) throws IOException {
        try {
            // Of values, not paths, so that Vert.x is not asked for its file system.
            KeyManagerFactory factory = toOptions().getKeyManagerFactory(null);
            X509KeyManager manager = (X509KeyManager) factory.getKeyManagers()[0];
            String alias = manager.getServerAliases(leaf().getPublicKey().getAlgorithm(), null)[0];
            if (!belong(manager.getPrivateKey(alias), leaf().getPublicKey())) {
                throw new IOException(keyFile + " is not the key of the certificate in " + certificateFile);
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) { // what Vert.x declares
            throw new IOException(
                    "there is no key in " + keyFile + " that can be used with the certificate in " + certificateFile,
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

    /** For a server or a client of Vert.x; a new object each time. */
    public PemKeyCertOptions toOptions() {
        return new PemKeyCertOptions().addCertValue(Buffer.buffer(certificate)).addKeyValue(Buffer.buffer(key));
    }

    /** The certificate whose key it is. */
    public X509Certificate leaf() {
        return chain.get(0);
    }

    /** The certificate and who signed it, as far as the file says. */
    public List<X509Certificate> chain() {
        return chain;
    }

    /** Until when the certificate is valid. */
    public Instant expiresAt() {
        return leaf().getNotAfter().toInstant();
    }

    /** Whether the files were the same, byte for byte. */
    public boolean isSameAs(PemFiles other) {
        return Arrays.equals(certificate, other.certificate) && Arrays.equals(key, other.key);
    }
}

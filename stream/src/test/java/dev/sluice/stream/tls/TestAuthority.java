// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Somebody who signs certificates, made by the JDK's keytool. Not thread-safe. */
public final class TestAuthority {

    private static final String AUTHORITY = "authority";

    private final Path folder;
    private final Path store;
    private final String certificate;
    private int issued;

    private TestAuthority(Path folder, Path store) throws IOException, GeneralSecurityException {
        this.folder = folder;
        this.store = store;
        this.certificate = TestCertificates.pem(
                "CERTIFICATE", load(store).getCertificate(AUTHORITY).getEncoded());
    }

    /** Makes one, which keeps its files in a folder of its own below. */
    public static TestAuthority make(Path parent, String name) {
        try {
            Path folder = Files.createTempDirectory(parent, AUTHORITY);
            Path store = folder.resolve("store.p12");
            generate(folder, store, AUTHORITY, name, "-ext", "bc:c", "-validity", "9");
            return new TestAuthority(folder, store);
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static void generate(Path folder, Path store, String alias, String name, String... further)
            throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("-genkeypair", "-alias", alias, "-keyalg", "EC", "-dname", "CN=" + name));
        arguments.addAll(List.of("-storetype", "PKCS12", "-keystore", store.toString()));
        arguments.addAll(List.of("-storepass", new String(TestCertificates.PASSWORD)));
        arguments.addAll(List.of(further));
        try {
            TestCertificates.keytool(folder, arguments.toArray(String[]::new));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static KeyStore load(Path store) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, TestCertificates.PASSWORD);
        }
        return keys;
    }

    /** Its own certificate, PEM: who has it in the file of those to believe, believes what it signed. */
    public String certificate() {
        return certificate;
    }

    /** Signs a new key: good from now on for two days. */
    public TestCertificates issue(String name) {
        return issue(name, "-0d");
    }

    /** Signs a new key whose certificate has run out yesterday. */
    public TestCertificates issueExpired(String name) {
        return issue(name, "-3d");
    }

    /** Signs a new key for one purpose only, such as {@code serverAuth} (RFC 5280, section 4.2.1.12). */
    public TestCertificates issueFor(String purpose, String name) {
        return issue(name, "-0d", "-ext", "eku=" + purpose);
    }

    private TestCertificates issue(String name, String start, String... further) {
        String alias = "issued-" + issued++;
        List<String> arguments = new ArrayList<>(List.of("-signer", AUTHORITY, "-startdate", start, "-validity", "2"));
        arguments.addAll(List.of("-ext", "san=ip:127.0.0.1"));
        arguments.addAll(List.of(further));
        try {
            generate(folder, store, alias, name, arguments.toArray(String[]::new));
            KeyStore keys = load(store);
            X509Certificate signed = (X509Certificate) keys.getCertificate(alias);
            return new TestCertificates(
                    TestCertificates.pem("CERTIFICATE", signed.getEncoded()),
                    TestCertificates.pem(
                            "PRIVATE KEY",
                            keys.getKey(alias, TestCertificates.PASSWORD).getEncoded()),
                    signed.getSerialNumber());
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}

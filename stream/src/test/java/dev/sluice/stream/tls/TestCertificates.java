// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate for 127.0.0.1 that signed itself, made by the JDK's keytool.
 *
 * @param certificate PEM
 * @param key PEM
 * @param serial its number
 */
public record TestCertificates(String certificate, String key, BigInteger serial) {

    static final char[] PASSWORD = "changeit".toCharArray();

    /** Makes one; {@code algorithm} is EC or RSA. */
    public static TestCertificates make(Path folder, String algorithm) throws Exception {
        Path store = Files.createTempDirectory(folder, "store").resolve("store.p12");
        keytool(
                folder,
                "-genkeypair",
                "-alias",
                "test",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=localhost",
                "-validity",
                "2",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD));
        return read(store);
    }

    /** Runs keytool, with its output in the folder. */
    static void keytool(Path folder, String... arguments) throws IOException, InterruptedException {
        Path log = Files.createTempFile(folder, "keytool", ".log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1", // half the time, which is that of starting
                "-J-XX:+UseSerialGC"));
        command.addAll(List.of(arguments));
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (keytool.waitFor() != 0) {
            throw new AssertionError(Files.readString(log));
        }
    }

    private static TestCertificates read(Path store) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        X509Certificate certificate = (X509Certificate) keys.getCertificate("test");
        return new TestCertificates(
                pem("CERTIFICATE", certificate.getEncoded()),
                pem("PRIVATE KEY", keys.getKey("test", PASSWORD).getEncoded()),
                certificate.getSerialNumber());
    }

    static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + what + "-----\n";
    }

    /** What clients take that trust these, and no others. */
    public static SSLContext trusting(TestCertificates... trusted) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (TestCertificates each : trusted) {
            store.setCertificateEntry(
                    each.serial.toString(),
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(each.certificate.getBytes(US_ASCII))));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    /** Writes both files, the certificate first. */
    public void write(Path certificateFile, Path keyFile) throws IOException {
        Files.writeString(certificateFile, certificate);
        Files.writeString(keyFile, key);
    }
}

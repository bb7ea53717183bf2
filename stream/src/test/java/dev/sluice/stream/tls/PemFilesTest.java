// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemFilesTest {

    private static TestCertificates one;
    private static TestCertificates other;

    @TempDir
    private Path folder;

    private Path certificateFile;
    private Path keyFile;

    @BeforeAll
    static void make(@TempDir Path stores) throws Exception {
        one = TestCertificates.make(stores, "EC");
        other = TestCertificates.make(stores, "EC");
    }

    @BeforeEach
    void name() {
        certificateFile = folder.resolve("cert.pem");
        keyFile = folder.resolve("key.pem");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA"})
    void shouldTakeACertificateAndItsKey(String algorithm) throws Exception {
        TestCertificates.make(folder, algorithm).write(folder.resolve("cert.pem"), folder.resolve("key.pem"));

        assertThat(PemFiles.read(certificateFile, keyFile).isSameAs(PemFiles.read(certificateFile, keyFile)))
                .isTrue();
    }

    @Test
    void shouldRefuseTheKeyOfAnotherCertificateAndTellNothingOfIt() throws Exception {
        Files.writeString(folder.resolve("cert.pem"), one.certificate());
        Files.writeString(folder.resolve("key.pem"), other.key());

        assertThatThrownBy(() -> PemFiles.read(certificateFile, keyFile))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not the key of the certificate")
                .hasMessageNotContaining(other.key().lines().skip(1).findFirst().orElseThrow());
    }

    @Test
    void shouldRefuseFilesThatAreHalfWritten() throws Exception {
        one.write(folder.resolve("cert.pem"), folder.resolve("key.pem"));
        Files.writeString(folder.resolve("key.pem"), one.key().substring(0, 60));
        assertThatThrownBy(() -> PemFiles.read(certificateFile, keyFile))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("key.pem");

        Files.writeString(folder.resolve("cert.pem"), one.certificate().substring(0, 60));
        assertThatThrownBy(() -> PemFiles.read(certificateFile, keyFile))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cert.pem");
    }
}

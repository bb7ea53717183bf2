// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemFilesTest {

    private static TestCertificates one;
    private static TestCertificates other;

    private final Vertx vertx = Vertx.vertx();

    @TempDir
    private Path folder;

    private TlsOptions options;

    @BeforeAll
    static void make(@TempDir Path stores) throws Exception {
        one = TestCertificates.make(stores, "EC");
        other = TestCertificates.make(stores, "EC");
    }

    @BeforeEach
    void name() {
        options = new TlsOptions(
                Optional.of(folder.resolve("cert.pem")), Optional.of(folder.resolve("key.pem")), Duration.ofSeconds(1));
    }

    @AfterEach
    void close() {
        vertx.close().await();
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA"})
    void shouldTakeACertificateAndItsKey(String algorithm) throws Exception {
        TestCertificates.make(folder, algorithm).write(folder.resolve("cert.pem"), folder.resolve("key.pem"));

        assertThat(PemFiles.read(vertx, options).isSameAs(PemFiles.read(vertx, options)))
                .isTrue();
    }

    @Test
    void shouldRefuseTheKeyOfAnotherCertificateAndTellNothingOfIt() throws Exception {
        Files.writeString(folder.resolve("cert.pem"), one.certificate());
        Files.writeString(folder.resolve("key.pem"), other.key());

        assertThatThrownBy(() -> PemFiles.read(vertx, options))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not the key of the certificate")
                .hasMessageNotContaining(other.key().lines().skip(1).findFirst().orElseThrow());
    }

    @Test
    void shouldRefuseFilesThatAreHalfWritten() throws Exception {
        one.write(folder.resolve("cert.pem"), folder.resolve("key.pem"));
        Files.writeString(folder.resolve("key.pem"), one.key().substring(0, 60));
        assertThatThrownBy(() -> PemFiles.read(vertx, options))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("key.pem");

        Files.writeString(folder.resolve("cert.pem"), one.certificate().substring(0, 60));
        assertThatThrownBy(() -> PemFiles.read(vertx, options))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cert.pem");
    }

    @Test
    void shouldRefuseOneFileWithoutTheOther() {
        assertThatThrownBy(() -> new TlsOptions(options.certificateFile(), Optional.empty(), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gateway.tls.keyFile");
        assertThatThrownBy(() -> new TlsOptions(Optional.empty(), Optional.empty(), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gateway.tls.checkInterval");
    }
}

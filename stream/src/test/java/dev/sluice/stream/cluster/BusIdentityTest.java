// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.stream.config.ConfigException;
import dev.sluice.stream.tls.TestAuthority;
import dev.sluice.stream.tls.TestCertificates;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of the files of the event bus stops a start. */
class BusIdentityTest {

    private static TestAuthority authority;
    private static TestAuthority other;
    private static TestCertificates member;

    @TempDir
    private Path folder;

    private Path certificateFile;
    private Path keyFile;
    private Path trustFile;
    private BusTlsOptions options;

    @BeforeAll
    static void make(@TempDir Path stores) {
        authority = TestAuthority.make(stores, "ours");
        other = TestAuthority.make(stores, "theirs");
        member = authority.issue("member");
    }

    @BeforeEach
    void write() throws IOException {
        certificateFile = folder.resolve("node.pem");
        keyFile = folder.resolve("node.key");
        trustFile = folder.resolve("members.pem");
        options = new BusTlsOptions(
                Optional.of(certificateFile), Optional.of(keyFile), Optional.of(trustFile), Duration.ofSeconds(10));
        member.write(certificateFile, keyFile);
        Files.writeString(trustFile, authority.certificate());
    }

    @Test
    void shouldAskForACertificateOfBothSides() {
        BusIdentity identity = BusIdentity.read(options);
        EventBusOptions bus = new EventBusOptions();

        identity.configure(bus);

        assertThat(bus.isSsl()).isTrue();
        assertThat(bus.getClientAuth()).isEqualTo(ClientAuth.REQUIRED);
        assertThat(bus.isTrustAll()).as("what Vert.x does unless it is told").isFalse();
        assertThat(bus.getEnabledSecureTransportProtocols()).containsExactly("TLSv1.3");
        assertThat(identity.forServer().getClientAuth()).isEqualTo(ClientAuth.REQUIRED);
        assertThat(identity.forServer().getEnabledSecureTransportProtocols()).containsExactly("TLSv1.3");
        assertThat(identity.forClient().isTrustAll()).isFalse();
        assertThat(identity.forClient().getEnabledSecureTransportProtocols()).containsExactly("TLSv1.3");
    }

    @Test
    void shouldTellOtherFilesFromTheSame() throws IOException {
        BusIdentity before = BusIdentity.read(options);
        assertThat(BusIdentity.read(options).isSameAs(before)).isTrue();

        Files.writeString(trustFile, authority.certificate() + other.certificate());
        BusIdentity trusting = BusIdentity.read(options);
        assertThat(trusting.isSameAs(before)).as("whom it believes").isFalse();

        authority.issue("member").write(certificateFile, keyFile);
        assertThat(BusIdentity.read(options).isSameAs(trusting)).as("who it is").isFalse();
    }

    @Test
    void shouldNameTheFileThatIsMissing() throws IOException {
        for (Path file : new Path[] {certificateFile, keyFile, trustFile}) {
            byte[] kept = Files.readAllBytes(file);
            Files.delete(file);
            refuses(file + " does not exist");
            Files.write(file, kept);
        }
    }

    @Test
    void shouldRefuseTheKeyOfAnotherCertificate() throws IOException {
        Files.writeString(keyFile, authority.issue("another").key());

        refuses(keyFile + " is not the key of the certificate in " + certificateFile);
    }

    @Test
    void shouldRefuseATrustFileWithoutCertificates() throws IOException {
        Files.writeString(trustFile, "");
        refuses("there is no certificate in " + trustFile);

        Files.writeString(trustFile, member.key());
        refuses("there is no certificate in " + trustFile);
    }

    @Test
    void shouldRefuseACertificateThatTheOthersWouldRefuse() throws IOException {
        String refused = "who believes " + trustFile + " refuses the certificate in " + certificateFile + ": ";

        authority.issueExpired("late").write(certificateFile, keyFile);
        refuses(refused + "NotAfter: ");

        other.issue("stranger").write(certificateFile, keyFile);
        refuses(refused);

        for (String purpose : new String[] {"serverAuth", "clientAuth"}) {
            authority.issueFor(purpose, "half").write(certificateFile, keyFile);
            refuses(refused + "Extended key usage does not permit use for TLS ");
        }
    }

    @Test
    void shouldTakeACertificateThatSignedItself(@TempDir Path store) throws Exception {
        TestCertificates one = TestCertificates.make(store, "RSA");
        one.write(certificateFile, keyFile);
        Files.writeString(trustFile, one.certificate());

        assertThat(BusIdentity.read(options).files().leaf().getSerialNumber()).isEqualTo(one.serial());
    }

    private void refuses(String message) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> BusIdentity.read(options))
                .withMessageStartingWith("cluster.busTls cannot be used: ")
                .withMessageContaining(message);
    }
}

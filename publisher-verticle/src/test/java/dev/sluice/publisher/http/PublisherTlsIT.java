// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.publisher.PublisherHttpOptions;
import dev.sluice.stream.tls.TestCertificates;
import dev.sluice.stream.tls.TlsOptions;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The port of a process that only publishes speaks TLS as a gateway's does. */
@Timeout(120)
class PublisherTlsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Vertx vertx = Vertx.vertx();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        vertx.close().await();
    }

    @Test
    void shouldSpeakTlsAndTakeARenewedCertificate() throws Exception {
        TestCertificates first = TestCertificates.make(folder, "EC");
        TestCertificates second = TestCertificates.make(folder, "EC");
        first.write(certificateFile(), keyFile());
        int port = listen();

        HttpClient client = HttpClient.newBuilder()
                .sslContext(TestCertificates.trusting(first, second))
                .build();
        assertThat(client.send(get("https", port), BodyHandlers.ofString()).body())
                .isEqualTo("served");
        assertThatThrownBy(() -> client.send(get("http", port), BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);

        second.write(certificateFile(), keyFile());
        await().atMost(PATIENCE).until(() -> shown(port, first, second).equals(second.serial()));
    }

    @Test
    void shouldNotListenWithFilesThatCannotBeUsed() throws Exception {
        Files.writeString(certificateFile(), "no certificate");
        Files.writeString(keyFile(), "no key");

        assertThatThrownBy(this::listen)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no certificate in " + certificateFile());
    }

    private Path certificateFile() {
        return folder.resolve("cert.pem");
    }

    private Path keyFile() {
        return folder.resolve("key.pem");
    }

    private int listen() throws Exception {
        PublisherHttpOptions d = PublisherHttpOptions.defaults();
        TlsOptions tls = new TlsOptions(Optional.of(certificateFile()), Optional.of(keyFile()), Duration.ofSeconds(1));
        PublisherHttpVerticle verticle = new PublisherHttpVerticle(
                new PublisherHttpOptions(d.host(), 0, tls, d.bodyTimeout(), d.maxBodyBytes(), d.idleTimeout()),
                List.of(router -> router.get("/").handler(routing -> routing.end("served"))));
        vertx.deployVerticle(verticle).await(60, TimeUnit.SECONDS);
        return verticle.port();
    }

    private static HttpRequest get(String scheme, int port) {
        return HttpRequest.newBuilder(URI.create(scheme + "://127.0.0.1:" + port + "/"))
                .timeout(PATIENCE)
                .build();
    }

    private static BigInteger shown(int port, TestCertificates... trusted) throws Exception {
        try (SSLSocket socket = (SSLSocket)
                TestCertificates.trusting(trusted).getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.gateway.interfaces.FrameContract;
import dev.sluice.stream.tls.Certificates;
import dev.sluice.stream.tls.TestCertificates;
import dev.sluice.stream.tls.TlsOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** TLS for clients over real sockets: a certificate that is renewed under open sessions, and what browsers are told. */
@Timeout(180)
class TlsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static TestCertificates first;
    private static TestCertificates second;

    @TempDir
    private Path folder;

    private GatewayFixture gateway;

    /** Held while its socket is wanted: Vert.x closes the connections of a client that has been collected. */
    private WebSocketClient client;

    @BeforeAll
    static void make(@TempDir Path stores) throws Exception {
        first = TestCertificates.make(stores, "EC");
        second = TestCertificates.make(stores, "RSA");
    }

    @BeforeEach
    void start() throws Exception {
        first.write(certificateFile(), keyFile());
        gateway = new GatewayFixture(
                new TlsOptions(Optional.of(certificateFile()), Optional.of(keyFile()), Duration.ofSeconds(1)));
        client = gateway.vertx()
                .createWebSocketClient(new WebSocketClientOptions()
                        .setSsl(true)
                        .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(first.certificate())))
                        .setTryUsePerMessageCompression(true));
    }

    @AfterEach
    void stop() {
        client.close().await();
        gateway.close();
    }

    private Path certificateFile() {
        return folder.resolve("cert.pem");
    }

    private Path keyFile() {
        return folder.resolve("key.pem");
    }

    @Test
    void shouldRenewTheCertificateAndDropNoSession() throws Exception {
        List<JsonObject> frames = new CopyOnWriteArrayList<>();
        WebSocket socket = connect(frames);
        gateway.publish(30, 200);
        await().atMost(PATIENCE).until(() -> events(frames) == 30);
        assertThat(shown()).isEqualTo(first.serial());

        second.write(certificateFile(), keyFile());
        await().atMost(PATIENCE).until(() -> shown().equals(second.serial()));
        gateway.publish(30, 200);

        await().atMost(PATIENCE).until(() -> events(frames) == 60);
        assertThat(socket.isClosed()).isFalse();
        frames.forEach(FrameContract::check);
    }

    @Test
    void shouldKeepTheCertificateWhileTheNewOneIsIncomplete() throws Exception {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Certificates.class);
        logger.addAppender(lines);
        try {
            Files.writeString(certificateFile(), second.certificate());
            await().atMost(PATIENCE).until(() -> lines.list.size() > 1);
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list).extracting(ILoggingEvent::getMessage).containsOnly(Certificates.KEPT);
        assertThat(lines.list.get(0).getKeyValuePairs().toString())
                .contains("that can be used with the certificate", "expiresAt");
        assertThat(shown()).isEqualTo(first.serial());

        Files.writeString(keyFile(), second.key());

        await().atMost(PATIENCE).until(() -> shown().equals(second.serial()));
    }

    @Test
    void shouldTellBrowsersToComeByTlsOnly() throws Exception {
        HttpResponse<Void> page = get("https", "/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("strict-transport-security")).hasValue("max-age=31536000");
        assertThatThrownBy(() -> get("http", "/")).isInstanceOf(IOException.class);
    }

    private HttpResponse<Void> get(String scheme, String path) throws Exception {
        return HttpClient.newBuilder()
                .sslContext(TestCertificates.trusting(first))
                .build()
                .send(
                        HttpRequest.newBuilder(URI.create(scheme + "://127.0.0.1:" + gateway.port() + path))
                                .timeout(PATIENCE)
                                .build(),
                        BodyHandlers.discarding());
    }

    /** The certificate that newcomers see. */
    private BigInteger shown() throws Exception {
        try (SSLSocket socket = (SSLSocket)
                TestCertificates.trusting(first, second).getSocketFactory().createSocket("127.0.0.1", gateway.port())) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
        }
    }

    private WebSocket connect(List<JsonObject> frames) {
        WebSocket socket = client.webSocket()
                .textMessageHandler(text -> frames.add(new JsonObject(text)))
                .connect(new WebSocketConnectOptions()
                        .setPort(gateway.port())
                        .setHost("127.0.0.1")
                        .setURI("/v2/realtime/stream"))
                .await();
        JsonObject handshake = new JsonObject()
                .put("type", "handshake")
                .put("token", "42:ann")
                .put("services", new JsonArray().add("finance"))
                .put("cursors", new JsonObject().put("finance", "earliest"));
        socket.writeTextMessage(handshake.encode()).await();
        await().atMost(PATIENCE)
                .until(() -> frames.stream().anyMatch(frame -> "subscribed".equals(frame.getString("type"))));
        return socket;
    }

    private static int events(List<JsonObject> frames) {
        return frames.stream()
                .filter(frame -> "event".equals(frame.getString("type")))
                .mapToInt(frame -> frame.getJsonArray("events").size())
                .sum();
    }
}

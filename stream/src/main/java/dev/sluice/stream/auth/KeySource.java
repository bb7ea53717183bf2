// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.auth;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Where a key set is read from. */
@FunctionalInterface
interface KeySource {

    int MAX_BYTES = 256 * 1024;

    /** Reads it now. */
    Future<Buffer> read();

    static KeySource ofFile(Vertx vertx, Path file) {
        return () -> vertx.executeBlocking(() -> {
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException("the key set is larger than " + MAX_BYTES + " bytes");
            }
            return Buffer.buffer(Files.readAllBytes(file));
        });
    }

    static KeySource ofUrl(Vertx vertx, String url) {
        HttpClient http = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(5))
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(10))
                .header("Accept", "application/jwk-set+json, application/json")
                .build();
        return () -> vertx.executeBlocking(() -> {
            HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                byte[] bytes = body.readNBytes(MAX_BYTES + 1);
                if (response.statusCode() != 200 || bytes.length > MAX_BYTES) {
                    throw new IOException("the key set's address answered " + response.statusCode() + " with "
                            + bytes.length + " bytes");
                }
                return Buffer.buffer(bytes);
            }
        });
    }
}

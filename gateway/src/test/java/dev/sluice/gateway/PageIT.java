// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.session.SessionOptions;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page and the browser client, as one node serves them. */
@Timeout(60)
class PageIT {

    private static final Path CLIENT = Path.of("../browser-client/src");

    private final GatewayFixture gateway = new GatewayFixture(SessionOptions.defaults());
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        gateway.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(gateway.uri(path))
                .timeout(Duration.ofSeconds(20))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void shouldServeTheVeryFilesOfTheClient() throws Exception {
        List<Path> files;
        try (Stream<Path> all = Files.walk(CLIENT)) {
            files = all.filter(Files::isRegularFile).toList();
        }

        assertThat(files).hasSizeGreaterThan(20);
        for (Path file : files) {
            HttpResponse<String> response = get("/client/" + CLIENT.relativize(file));
            assertThat(response.statusCode()).as(file.toString()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(Files.readString(file));
            assertThat(response.headers().firstValue("content-type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/javascript"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/web/demo.js", "/client/index.js"})
    void shouldLetNothingFromElsewhereIn(String path) throws Exception {
        HttpResponse<String> response = get(path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-security-policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'none'", "script-src 'self'"));
        assertThat(response.headers().firstValue("x-content-type-options")).hasValue("nosniff");
        assertThat(response.headers().firstValue("x-frame-options")).hasValue("DENY");
        assertThat(response.headers().firstValue("permissions-policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("camera=()"));
        assertThat(response.headers().firstValue("strict-transport-security"))
                .as("not by TLS")
                .isEmpty();
        assertThat(response.headers().firstValue("cache-control")).hasValue("no-cache");
    }

    @Test
    void shouldLetPagesOfOtherOriginsLoadTheClientAndNothingElse() throws Exception {
        assertThat(get("/client/index.js").headers().firstValue("access-control-allow-origin"))
                .hasValue("*");
        assertThat(get("/").headers().firstValue("access-control-allow-origin")).isEmpty();
        assertThat(get("/demo/session").headers().firstValue("access-control-allow-origin"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/client/",
                "/client/%2e%2e/%2e%2e/MANIFEST.MF",
                "/client/..%2f..%2fMANIFEST.MF",
                "/client/.hidden"
            })
    void shouldServeNothingElseUnderTheClient(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(404);
    }

    @Test
    void shouldHandOutNoTokenWhenItIsNoDemo() throws Exception {
        HttpResponse<String> response = get("/demo/session");

        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.stream.config.ConfigException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracingOptionsTest {

    private static final String ENDPOINT = "http://127.0.0.1:4318/v1/traces";

    @TempDir
    private Path folder;

    private static TracingOptions options(String endpoint, double ratio, int queue) {
        return new TracingOptions(true, URI.create(endpoint), Optional.empty(), ratio, queue);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "collector:4318", "/v1/traces", "ftp://host/x", "http:///v1/traces", "http://me:secret@host/"
            })
    void shouldRefuseAnEndpointThatIsNone(String endpoint) {
        assertThatThrownBy(() -> options(endpoint, 0, 512))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tracing.endpoint")
                .message()
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.01, 1.01, Double.NaN, Double.POSITIVE_INFINITY})
    void shouldRefuseARatioThatIsNone(double ratio) {
        assertThatThrownBy(() -> options(ENDPOINT, ratio, 512))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tracing.sampleRatio must be 0 to 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 511, 100_001})
    void shouldRefuseAQueueOutOfBounds(int queue) {
        assertThatThrownBy(() -> options(ENDPOINT, 0, queue))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tracing.maxQueuedSpans must be 512 to 100000");
    }

    @Test
    void shouldTakeItsBounds() {
        assertThat(options("https://collector.example.com/x", 1, 512).sampleRatio())
                .isEqualTo(1);
        assertThat(options(ENDPOINT, 0, 100_000).maxQueuedSpans()).isEqualTo(100_000);
        assertThat(TracingOptions.defaults().enabled()).isFalse();
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("headers"), text);
    }

    @Test
    void shouldReadHeadersOneALine() throws IOException {
        assertThat(CollectorHeaders.read(file("Authorization: Bearer a b=\n\nX-Scope-OrgID:ours \r\n")))
                .containsEntry("Authorization", "Bearer a b=")
                .containsEntry("X-Scope-OrgID", "ours")
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cret", "s3cret token: x", ": s3cret", "Authorization:", "a: s3cret\u00e9"})
    void shouldTellTheLineOfWhatIsNoHeaderAndNotItsText(String line) {
        assertThatThrownBy(() -> CollectorHeaders.read(file("a: b\n" + line)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("line 2")
                .message()
                .doesNotContain("s3cret");
    }

    @Test
    void shouldNameAFileThatIsNotThere() {
        assertThatThrownBy(() -> CollectorHeaders.read(folder.resolve("nothing")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("tracing.headersFile");
    }
}

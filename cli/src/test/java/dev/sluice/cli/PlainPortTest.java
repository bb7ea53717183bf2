// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.tls.TlsOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlainPortTest {

    @Test
    void shouldWarnOfAPortThatIsReachedFromElsewhereWithoutTls() {
        TlsOptions plain = TlsOptions.defaults();
        Optional<Path> file = Optional.of(Path.of("cert.pem"));
        TlsOptions tls = new TlsOptions(file, file, Duration.ofSeconds(10));

        assertThat(PlainPort.warn("gateway.tls", "0.0.0.0", plain)).isTrue();
        assertThat(PlainPort.warn("gateway.tls", "192.0.2.1", plain)).isTrue();
        assertThat(PlainPort.warn("gateway.tls", "127.0.0.1", plain)).isFalse();
        assertThat(PlainPort.warn("gateway.tls", "::1", plain)).isFalse();
        assertThat(PlainPort.warn("gateway.tls", "0.0.0.0", tls)).isFalse();
    }
}

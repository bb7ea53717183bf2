// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.tls;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TlsOptionsTest {

    @Test
    void shouldRefuseOneFileWithoutTheOther() {
        Optional<Path> file = Optional.of(Path.of("cert.pem"));
        assertThatThrownBy(() -> new TlsOptions(file, Optional.empty(), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gateway.tls.keyFile");
        assertThatThrownBy(() -> new TlsOptions(Optional.empty(), Optional.empty(), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gateway.tls.checkInterval");
    }
}

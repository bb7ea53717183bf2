// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.tls;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TlsOptionsTest {

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    @Test
    void shouldRefuseOneFileWithoutTheOther() {
        Optional<Path> file = Optional.of(Path.of("cert.pem"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TlsOptions(file, Optional.empty(), INTERVAL).check("gateway.tls."))
                .withMessage("gateway.tls.certificateFile and gateway.tls.keyFile must both be set, or neither");
        assertThatCode(() -> new TlsOptions(file, file, INTERVAL).check("gateway.tls."))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldBoundTheInterval() {
        for (Duration wrong : new Duration[] {Duration.ofMillis(999), Duration.ofMillis(3_600_001)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new TlsOptions(Optional.empty(), Optional.empty(), wrong).check("x.tls."))
                    .withMessageStartingWith("x.tls.checkInterval must be 1s to 1h, is ");
        }
    }
}

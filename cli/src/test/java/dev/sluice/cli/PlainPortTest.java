// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainPortTest {

    private static final Map<String, String> GATEWAY_TLS =
            Map.of("SLUICE_GATEWAY_TLS_CERTIFICATE_FILE", "cert.pem", "SLUICE_GATEWAY_TLS_KEY_FILE", "key.pem");
    private static final Map<String, String> PUBLISHER_TLS = Map.of(
            "SLUICE_PUBLISHER_HTTP_TLS_CERTIFICATE_FILE", "cert.pem", "SLUICE_PUBLISHER_HTTP_TLS_KEY_FILE", "key.pem");

    private final Map<String, String> environment = new HashMap<>();

    private SluiceConfig config(String gatewayHost, String publisherHost) {
        environment.put("SLUICE_AUTH_SECRET", "for this test only, and long enough for HS256");
        environment.put("SLUICE_GATEWAY_HOST", gatewayHost);
        environment.put("SLUICE_PUBLISHER_HTTP_HOST", publisherHost);
        return new ConfigSource().load(environment);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "192.0.2.1", "::"})
    void shouldWarnOfAPortThatIsReachedFromElsewhereWithoutTls(String host) {
        assertThat(PlainPort.warn(config(host, "127.0.0.1"), NodeRole.GATEWAY)).hasValue("gateway.tls");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "localhost"})
    void shouldNotWarnOfAPortOfThisMachine(String host) {
        assertThat(PlainPort.warn(config(host, "0.0.0.0"), NodeRole.GATEWAY)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(NodeRole.class)
    void shouldLookAtThePortThatTheProcessHas(NodeRole role) {
        String keys = role.isLite() ? "publisher.http.tls" : "gateway.tls";

        environment.putAll(role.isLite() ? GATEWAY_TLS : PUBLISHER_TLS);
        assertThat(PlainPort.warn(config("0.0.0.0", "0.0.0.0"), role)).hasValue(keys);

        environment.putAll(role.isLite() ? PUBLISHER_TLS : GATEWAY_TLS);
        assertThat(PlainPort.warn(config("0.0.0.0", "0.0.0.0"), role)).isEmpty();
    }
}

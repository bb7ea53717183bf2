// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginPolicyTest {

    @ParameterizedTest(name = "origin {0} to {1}: {2}")
    @CsvSource({
        // the gateway's own pages
        "http://gateway.example:4000, gateway.example:4000, true",
        "https://gateway.example:4000, gateway.example:4000, true",
        "http://GATEWAY.example:4000, gateway.example:4000, true",
        "http://gateway.example, gateway.example, true",
        "https://gateway.example, gateway.example, true",
        "https://gateway.example:443, gateway.example, true",
        "http://127.0.0.1:4000, 127.0.0.1:4000, true",
        "http://[::1]:4000, [::1]:4000, true",
        // strangers
        "http://gateway.example:4001, gateway.example:4000, false",
        "http://gateway.example, gateway.example:4000, false",
        "https://gateway.example, gateway.example:80, false",
        "http://gateway.example.evil.example:4000, gateway.example:4000, false",
        "http://evil.example:4000, gateway.example:4000, false",
        "http://gateway.example:4000@evil.example, gateway.example:4000, false",
        "null, gateway.example:4000, false",
        "'', gateway.example:4000, false",
        "nonsense, gateway.example:4000, false",
        "http://[, gateway.example:4000, false",
        "file://, gateway.example:4000, false"
    })
    void shouldAllowItsOwnHostOnlyWhenThereIsNoList(String origin, String host, boolean allowed) {
        assertThat(new OriginPolicy(List.of()).allows(request(origin, host))).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.example.com, true",
        "HTTPS://APP.example.com, true",
        "https://other.example.com, true",
        "http://gateway.example:4000, true",
        "http://app.example.com, false",
        "https://app.example.com:8443, false",
        "https://app.example.com.evil.example, false",
        "https://sub.app.example.com, false",
        "null, false"
    })
    void shouldAllowTheListBesidesWhenThereIsOne(String origin, boolean allowed) {
        OriginPolicy policy = new OriginPolicy(List.of("https://app.example.com", "https://Other.example.com"));
        assertThat(policy.allows(request(origin, "gateway.example:4000"))).isEqualTo(allowed);
    }

    @Test
    void shouldAllowAllWhenTheListHasAStar() {
        assertThat(new OriginPolicy(List.of("*")).allows(request("https://anybody.example", "gateway.example:4000")))
                .isTrue();
    }

    @Test
    void shouldNotKeepOffClientsThatAreNoBrowsers() {
        assertThat(new OriginPolicy(List.of()).allows(request(null, "gateway.example:4000")))
                .isTrue();
    }

    @Test
    void shouldRefuseAnOriginWhenTheRequestNamesNoHost() {
        assertThat(new OriginPolicy(List.of()).allows(request("http://gateway.example:4000", null)))
                .isFalse();
    }

    private static HttpServerRequest request(String origin, String host) {
        return (HttpServerRequest) Proxy.newProxyInstance(
                OriginPolicyTest.class.getClassLoader(),
                new Class<?>[] {HttpServerRequest.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getHeader" -> origin;
                    case "authority" -> host == null ? null : HostAndPort.parseAuthority(host, -1);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressesTest {

    private final ClientAddresses addresses =
            new ClientAddresses(List.of("10.0.0.0/8", "2001:db8:1::/48", "127.0.0.1"));

    @ParameterizedTest(name = "{0} forwarded for {1} is {2}")
    @CsvSource(
            nullValues = "none",
            value = {
                "203.0.113.9, '', 203.0.113.9",
                "203.0.113.9, '198.51.100.1', 203.0.113.9", // not trusted: anybody can write a header
                "10.1.2.3, '198.51.100.1', 198.51.100.1",
                "10.1.2.3, '192.0.2.66, 198.51.100.1', 198.51.100.1", // the left one is the client's own invention
                "10.1.2.3, '198.51.100.1, 10.9.9.9', 198.51.100.1", // two proxies
                "10.1.2.3, ' 198.51.100.1 ', 198.51.100.1",
                "10.1.2.3, '', 10.1.2.3",
                "10.1.2.3, 'unknown', 10.1.2.3",
                "10.1.2.3, 'dead.beef', 10.1.2.3", // no name is looked up
                "10.1.2.3, '300.1.1.1', 10.1.2.3",
                "11.1.2.3, '198.51.100.1', 11.1.2.3",
                "127.0.0.1, '198.51.100.1', 198.51.100.1",
                "127.0.0.1, '', none",
                "::1, '', none",
                "2001:db8:1::7, '2001:db8:2:3:4:5:6:7', 2001:db8:2:3:0:0:0:0/64",
                "2001:db8:9:8:7:6:5:4, '', 2001:db8:9:8:0:0:0:0/64",
                "fe80::1%eth0, '', fe80:0:0:0:0:0:0:0/64",
                "10.1.2.3, '::ffff:198.51.100.1', 198.51.100.1",
                "not an address, '', none"
            })
    void shouldBelieveOnlyThoseItTrusts(String peer, String forwarded, String client) {
        assertThat(addresses.of(peer, List.of(forwarded))).isEqualTo(Optional.ofNullable(client));
    }

    @Test
    void shouldReadSeveralHeadersAsOne() {
        assertThat(addresses.of("10.0.0.1", List.of("192.0.2.66", "198.51.100.1, 10.0.0.2")))
                .hasValue("198.51.100.1");
    }

    @Test
    void shouldNotWalkAlongAHeaderWithoutEnd() {
        String proxies = "198.51.100.1," + "10.0.0.1,".repeat(100_000) + "10.0.0.1";
        assertThat(addresses.of("10.0.0.1", List.of(proxies))).hasValue("10.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "proxy.example.com",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/8/8",
                "::/129",
                "10.0.0",
                "1.2.3.4/"
            })
    void shouldRefuseWhatIsNoBlock(String proxy) {
        AdmissionOptions d = AdmissionOptions.defaults();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AdmissionOptions(
                        d.connectsPerSecond(),
                        d.connectBurst(),
                        d.maxUnauthenticated(),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        List.of(proxy)))
                .withMessageStartingWith("gateway.admission.trustedProxies must be");
    }
}

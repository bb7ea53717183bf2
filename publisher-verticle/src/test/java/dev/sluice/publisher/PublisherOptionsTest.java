// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.stream.tls.TlsOptions;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PublisherOptionsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void shouldHaveTheDefaultsThatAreDocumented() {
        PublisherOptions defaults = PublisherOptions.defaults();

        assertThat(defaults.maxQueuedEvents()).isEqualTo(100_000);
        assertThat(defaults.maxQueuedBytes()).isEqualTo(64L << 20);
        assertThat(defaults.commitTimeout()).hasSeconds(15);
        assertThat(defaults.breakerFailures()).isEqualTo(5);
        assertThat(defaults.breakerOpen()).hasSeconds(2);
        assertThat(defaults.http().port()).isEqualTo(4100);
        assertThat(defaults.http().host()).isEqualTo("127.0.0.1");
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                wrong("publisher.maxQueuedEvents must be 1000 to 10000000, is 999", () -> options(999, 1 << 20)),
                wrong("publisher.maxQueuedBytes must be 1048576 to", () -> options(1_000, (1 << 20) - 1)),
                wrong("publisher.commitTimeout must be 100 ms to", () -> options(SECOND.dividedBy(11), SECOND, SECOND)),
                wrong(
                        "publisher.commitTimeout must be 100 ms to 300000 ms, is empty",
                        () -> options(null, SECOND, SECOND)),
                wrong("publisher.retryDelay must be 1 ms to", () -> options(SECOND, Duration.ZERO, SECOND)),
                wrong("publisher.maxRetryDelay must be 1000 ms to", () -> options(SECOND, SECOND, SECOND.dividedBy(2))),
                wrong("publisher.breakerFailures must be 2 to 1000, is 1", () -> options(1, SECOND, SECOND)),
                wrong("publisher.breakerOpen must be 10 ms to", () -> options(5, Duration.ZERO, SECOND)),
                wrong("publisher.closeTimeout must be 0 ms to", () -> options(5, SECOND, Duration.ofHours(1))),
                wrong(
                        "publisher.fairness.orgPercent must be 1 to 100, is 0",
                        () -> new FairnessOptions(0, 1 << 18, 500)),
                wrong("publisher.fairness.commitBytes must be", () -> new FairnessOptions(25, 16_383, 500)),
                wrong("publisher.fairness.commitEvents must be", () -> new FairnessOptions(25, 1 << 18, 1_001)),
                wrong("publisher.http.host must be an address", () -> http(" ", 1, SECOND, 2 << 20, SECOND)),
                wrong(
                        "publisher.http.port must be 0 to 65535, is 65536",
                        () -> http("h", 65_536, SECOND, 2 << 20, SECOND)),
                wrong("publisher.http.bodyTimeout must be", () -> http("h", 1, Duration.ZERO, 2 << 20, SECOND)),
                wrong("publisher.http.maxBodyBytes must be", () -> http("h", 1, SECOND, 1 << 20, SECOND)),
                wrong("publisher.http.idleTimeout must be", () -> http("h", 1, SECOND, 2 << 20, Duration.ZERO)));
    }

    private static Arguments wrong(String message, Supplier<Object> options) {
        return Arguments.of(message, options);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void shouldNameTheKeyAndItsBoundsWhenAValueIsOutOfThem(String message, Supplier<Object> options) {
        assertThatIllegalArgumentException().isThrownBy(options::get).withMessageStartingWith(message);
    }

    private static PublisherOptions options(int maxQueuedEvents, long maxQueuedBytes) {
        return new PublisherOptions(
                maxQueuedEvents,
                maxQueuedBytes,
                SECOND,
                SECOND,
                SECOND,
                5,
                SECOND,
                SECOND,
                FairnessOptions.defaults(),
                PublisherHttpOptions.defaults());
    }

    private static PublisherOptions options(Duration commitTimeout, Duration retryDelay, Duration maxRetryDelay) {
        return new PublisherOptions(
                1_000,
                1 << 20,
                commitTimeout,
                retryDelay,
                maxRetryDelay,
                5,
                SECOND,
                SECOND,
                FairnessOptions.defaults(),
                PublisherHttpOptions.defaults());
    }

    private static PublisherOptions options(int breakerFailures, Duration breakerOpen, Duration closeTimeout) {
        return new PublisherOptions(
                1_000,
                1 << 20,
                SECOND,
                SECOND,
                SECOND,
                breakerFailures,
                breakerOpen,
                closeTimeout,
                FairnessOptions.defaults(),
                PublisherHttpOptions.defaults());
    }

    private static PublisherHttpOptions http(String host, int port, Duration body, long bytes, Duration idle) {
        return new PublisherHttpOptions(host, port, TlsOptions.defaults(), body, bytes, idle);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A configuration with a key of every type. */
record SampleConfig(Log log, Gateway gateway, Auth auth, Optional<Tls> tls) {

    enum Mode {
        AUTO,
        IO_URING
    }

    record Log(int maxEvents, long maxShardBytes, Duration retention, double fill) {
        Log {
            if (maxEvents < 1 || maxEvents > 100_000) {
                throw new IllegalArgumentException("log.maxEvents must be 1 to 100000, is " + maxEvents);
            }
        }
    }

    record Gateway(String name, boolean compress, Duration batchWindow, Mode mode, Limits limits) {}

    record Limits(List<Integer> steps, Set<String> origins, Map<String, String> levels) {}

    record Auth(Optional<Secret> secret, Optional<URI> jwks, Optional<Path> file, Optional<Duration> skew) {}

    record Tls(Path certificate, Optional<Secret> password) {
        static Tls defaults() {
            return new Tls(Path.of("tls.pem"), Optional.empty());
        }
    }

    static SampleConfig defaults() {
        return new SampleConfig(
                new Log(1_000, 1L << 40, Duration.ofMinutes(5), 0.75),
                new Gateway(
                        "gateway",
                        true,
                        Duration.ofMillis(50),
                        Mode.AUTO,
                        new Limits(List.of(1, 2), Set.of("*"), Map.of("com.hazelcast", "WARN"))),
                new Auth(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(Duration.ofSeconds(5))),
                Optional.empty());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.FakeVerifier;
import dev.sluice.gateway.simulation.SessionLimits;
import dev.sluice.stream.auth.Claims;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SessionRegistryTest {

    private final SessionRegistry registry =
            new SessionRegistry(new SessionLimits().connections(2, 3, 100).options());

    @Test
    void shouldAdmitAUserUpToItsLimit() {
        assertThat(admit("acme", "ann")).isEmpty();
        assertThat(admit("acme", "ann")).isEmpty();
        assertThat(admit("acme", "ann"))
                .hasValueSatisfying(message -> assertThat(message).contains("user", "2"));
        assertThat(admit("acme", "bob"))
                .as("the refused one does not count for the org")
                .isEmpty();
    }

    @Test
    void shouldGoByTheLimitsOfNow() {
        assertThat(admit("acme", "ann")).isEmpty();
        assertThat(admit("acme", "ann")).isEmpty();
        registry.change(new SessionLimits().connections(3, 3, 100).options());
        assertThat(admit("acme", "ann")).isEmpty();
        registry.change(new SessionLimits().connections(1, 3, 100).options());
        assertThat(admit("acme", "ann")).isPresent();
        registry.release(claims("acme", "ann"), Transport.SSE);
        registry.release(claims("acme", "ann"), Transport.SSE);
        registry.release(claims("acme", "ann"), Transport.SSE);
        assertThat(admit("acme", "ann")).as("all of them were released").isEmpty();
    }

    @Test
    void shouldAdmitAnOrgUpToItsLimit() {
        assertThat(admit("acme", "ann")).isEmpty();
        assertThat(admit("acme", null)).isEmpty();
        assertThat(admit("acme", null)).isEmpty();
        assertThat(admit("acme", "bob"))
                .hasValueSatisfying(message -> assertThat(message).contains("org", "3"));
        assertThat(admit("acme", null)).isPresent();
        assertThat(admit("other", "bob")).isEmpty();
    }

    @Test
    void shouldNotMixUsersOfTheSameNameInTwoOrgs() {
        assertThat(admit("acme", "ann")).isEmpty();
        assertThat(admit("acme", "ann")).isEmpty();
        assertThat(admit("other", "ann")).isEmpty();
        assertThat(admit("other", "ann")).isEmpty();
    }

    @Test
    void shouldHaveRoomAgainWhenOneWasReleased() {
        for (int i = 0; i < 20; i++) {
            assertThat(admit("acme", "ann")).isEmpty();
            assertThat(admit("acme", "ann")).isEmpty();
            registry.release(claims("acme", "ann"), Transport.SSE);
            registry.release(claims("acme", "ann"), Transport.SSE);
        }
    }

    @Test
    @Timeout(30)
    void shouldNeverAdmitMoreThanTheLimitWhenThreadsRace() throws Exception {
        SessionRegistry wide = new SessionRegistry(
                new SessionLimits().connections(1_000, 1_000, 10_000).options());
        ExecutorService threads = Executors.newFixedThreadPool(4);
        Callable<Integer> admit = () -> {
            int admitted = 0;
            for (int i = 0; i < 500; i++) {
                admitted += wide.admit(claims("acme", "ann"), Optional.empty(), Transport.SSE)
                                .result()
                                .isEmpty()
                        ? 1
                        : 0;
            }
            return admitted;
        };
        List<Future<Integer>> counts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            counts.add(threads.submit(admit));
        }
        int admitted = 0;
        for (Future<Integer> count : counts) {
            admitted += count.get();
        }
        threads.shutdown();
        assertThat(admitted).isEqualTo(1_000);
    }

    private Optional<String> admit(String org, String user) {
        return registry.admit(claims(org, user), Optional.empty(), Transport.SSE)
                .result();
    }

    private static Claims claims(String org, String user) {
        return FakeVerifier.reader(org, user, Instant.ofEpochMilli(1_000));
    }
}

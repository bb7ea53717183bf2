// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.FakeVerifier;
import dev.sluice.stream.auth.Claims;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenLeaseTest {

    private static final long WARNING = 60_000;

    @Test
    void shouldWarnOnceBeforeTheEnd() {
        TokenLease lease = lease(1_000_000);
        assertThat(lease.shouldWarn(939_999)).isFalse();
        assertThat(lease.shouldWarn(940_000)).isTrue();
        assertThat(lease.shouldWarn(940_001)).isFalse();
        assertThat(lease.ended(999_999)).isEmpty();
        assertThat(lease.ended(1_000_000)).isPresent();
    }

    @Test
    void shouldWarnHalfWayWhenTheTokenIsShort() {
        TokenLease lease = lease(30_000);
        assertThat(lease.shouldWarn(14_999)).isFalse();
        assertThat(lease.shouldWarn(15_000)).isTrue();
    }

    @Test
    void shouldWarnAgainWhenItWasRenewed() {
        TokenLease lease = lease(100_000);
        assertThat(lease.shouldWarn(90_000)).isTrue();
        lease.renew(claims("acme", "ann", 300_000), 90_000);
        assertThat(lease.ended(200_000)).isEmpty();
        assertThat(lease.shouldWarn(239_999)).isFalse();
        assertThat(lease.shouldWarn(240_000)).isTrue();
        assertThat(lease.ended(300_000)).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "acme, ann, 100001, true",
        "acme, ann, 100000, false",
        "acme, ann, 99999, false",
        "acme, bob, 200000, false",
        "other, ann, 200000, false",
        "acme, , 200000, false"
    })
    void shouldGoOnOnlyWithALaterTokenOfTheSameUserOfTheSameOrg(
            String org, String user, long expiresAt, boolean renewed) {
        assertThat(lease(100_000).isRenewedBy(claims(org, user, expiresAt))).isEqualTo(renewed);
    }

    private static TokenLease lease(long expiresAt) {
        return new TokenLease(claims("acme", "ann", expiresAt), WARNING, revoked -> false, 0);
    }

    private static Claims claims(String org, String user, long expiresAt) {
        return FakeVerifier.reader(org, user, Instant.ofEpochMilli(expiresAt));
    }
}

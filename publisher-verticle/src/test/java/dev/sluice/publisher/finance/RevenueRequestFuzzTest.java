// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.finance;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.stream.fuzz.Accepted;
import dev.sluice.stream.fuzz.Cost;

class RevenueRequestFuzzTest {

    @FuzzTest
    void body(byte[] json) {
        RevenueRequest request;
        try {
            request = Cost.bounded(json.length, () -> RevenueRequest.parse(json));
        } catch (InvalidFieldException e) {
            Accepted.reason(e.getMessage());
            Accepted.reason(e.field() + ".");
            return;
        }
        Revenue revenue = request.revenue();
        assertThat(revenue.amount()).isPositive();
        assertThat(revenue.amount().scale()).isEqualTo(revenue.currency().getDefaultFractionDigits());
        assertThat(revenue.amount().toPlainString()).hasSizeLessThanOrEqualTo(Revenue.MAX_WHOLE_DIGITS + 5);
        revenue.customer().ifPresent(Accepted::sameToEveryNode);
    }
}

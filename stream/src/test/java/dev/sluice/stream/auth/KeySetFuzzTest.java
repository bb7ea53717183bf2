// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.stream.fuzz.Accepted;
import dev.sluice.stream.fuzz.Cost;
import io.vertx.core.buffer.Buffer;

/** A key set as the identity provider's address answers it. */
class KeySetFuzzTest {

    private static final String TOKEN = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.e30.AAAA";

    @FuzzTest
    void keySet(byte[] json) {
        KeySet keys;
        try {
            keys = Cost.bounded(json.length, () -> KeySet.parse(null, Buffer.buffer(json)));
        } catch (IllegalArgumentException e) {
            Accepted.reason(e.getMessage());
            return;
        }
        assertThat(keys.lacksKeyOf(TOKEN)).isIn(true, false);
        assertThat(keys.verify(TOKEN).cause()).isInstanceOf(TokenException.class);
    }
}

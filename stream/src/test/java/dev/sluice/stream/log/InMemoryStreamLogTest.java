// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.StreamKey;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InMemoryStreamLogTest extends StreamLogContract {

    private long now = 1_000_000;
    private final InMemoryStreamLog log =
            new InMemoryStreamLog(OPTIONS, () -> Instant.ofEpochMilli(now), new Random(3));

    @Override
    StreamLog log() {
        return log;
    }

    @Test
    void shouldKnowNothingOfAShardWhenItWasNeverUsed() {
        assertThat(await(log.version(3))).isEqualTo(ShardVersion.NONE);
        assertThat(await(log.changes(3, ShardVersion.NONE)).heads()).isEmpty();
    }

    @Test
    void shouldForgetWhenTimeGoesByAndItIsSwept() {
        StreamKey key = new StreamKey("acme", "finance");
        String epoch = await(log.read(key, 1, 0, 0)).epoch();
        now += OPTIONS.forgetAfter().toMillis();

        log.sweep();

        assertThat(await(log.read(key, 1, 0, 0)).epoch()).isNotEqualTo(epoch);
    }
}

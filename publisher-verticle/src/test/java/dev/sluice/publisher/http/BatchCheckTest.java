// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Event;
import dev.sluice.stream.EventParser;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchCheckTest {

    private static final int EVENTS = 5;

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close().await();
    }

    private Future<List<Event>> check(LongSupplier nanoTime) {
        byte[] batch = IntStream.range(0, EVENTS)
                .mapToObj(i -> "{\"specversion\":\"1.0\",\"id\":\"" + i + "\",\"source\":\"/s\",\"type\":\"t\","
                        + "\"org\":\"acme\",\"service\":\"finance\"}")
                .collect(Collectors.joining(",", "[", "]"))
                .getBytes(StandardCharsets.UTF_8);
        return BatchCheck.of(vertx, nanoTime, batch, EventParser::parse);
    }

    @Test
    void shouldGoOnLaterWhenAPieceHasTakenItsTime() throws InterruptedException, ExecutionException, TimeoutException {
        AtomicLong time = new AtomicLong();
        AtomicLong asked = new AtomicLong();

        Future<List<Event>> checked = check(() -> {
            asked.incrementAndGet();
            return time.getAndAdd(BatchCheck.PIECE_NANOS);
        });

        assertThat(checked.isComplete()).as("all of it in one piece").isFalse();
        assertThat(checked.await(20, TimeUnit.SECONDS).stream().map(Event::id))
                .containsExactly("0", "1", "2", "3", "4");
        assertThat(asked.get())
                .as("two for each piece, one for each cut and check")
                .isGreaterThan(2 * 2 * EVENTS);
    }

    @Test
    void shouldNotKeepASmallBatchWaiting() {
        assertThat(check(() -> 0).isComplete()).isTrue();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Event;
import dev.sluice.stream.EventParser;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
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
        return BatchCheck.of(vertx, nanoTime, batch(EVENTS), EventParser::parse);
    }

    private static byte[] batch(int events) {
        return IntStream.range(0, events)
                .mapToObj(i -> "{\"specversion\":\"1.0\",\"id\":\"" + i + "\",\"source\":\"/s\",\"type\":\"t\","
                        + "\"org\":\"acme\",\"service\":\"finance\"}")
                .collect(Collectors.joining(",", "[", "]"))
                .getBytes(StandardCharsets.UTF_8);
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
    void shouldReadSocketsBetweenTwoPieces() throws Exception {
        Context context = vertx.getOrCreateContext();
        AtomicLong time = new AtomicLong();
        AtomicInteger events = new AtomicInteger();
        Promise<Integer> heard = Promise.promise();
        Promise<NetServer> listening = Promise.promise();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch sent = new CountDownLatch(1);
        context.runOnContext(nothing -> vertx.createNetServer()
                .connectHandler(socket -> socket.handler(bytes -> heard.complete(events.get())))
                .listen(0, "127.0.0.1")
                .onComplete(listening));

        try (Socket client = new Socket(
                InetAddress.getLoopbackAddress(),
                listening.future().await(20, TimeUnit.SECONDS).actualPort())) {
            context.runOnContext(
                    nothing -> BatchCheck.of(vertx, () -> time.getAndAdd(BatchCheck.PIECE_NANOS), batch(30), json -> {
                        events.incrementAndGet();
                        busy.countDown();
                        await(sent);
                        return EventParser.parse(json);
                    }));
            await(busy);
            client.getOutputStream().write('a');
            sent.countDown();

            assertThat(heard.future().await(20, TimeUnit.SECONDS))
                    .as("events that were checked until the byte was read")
                    .isLessThan(15);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("it did not come");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldNotKeepASmallBatchWaiting() {
        assertThat(check(() -> 0).isComplete()).isTrue();
    }
}

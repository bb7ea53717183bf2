// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Work that never ends, on a loop that has sockets as well. */
class VertxEventLoopTest {

    private static final int SOON = 10;
    private static final int FAR_TOO_LATE = 20_000;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final Promise<Void> opened = Promise.promise();
    private final Promise<Integer> heard = Promise.promise();
    private final CountDownLatch busy = new CountDownLatch(1);
    private final CountDownLatch sent = new CountDownLatch(1);
    private int turns;

    @AfterEach
    void close() {
        vertx.close().await();
    }

    /** Each piece is a whole turn. */
    private final class Endless implements FairTurns.Work {
        @Override
        public String org() {
            return "noisy";
        }

        @Override
        public int step() {
            turns++;
            busy.countDown();
            await(sent);
            long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(100);
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            return FairTurns.TURN;
        }

        @Override
        public boolean hasMore() {
            return !heard.future().isComplete() && turns < FAR_TOO_LATE;
        }
    }

    @Test
    void shouldReadSocketsBetweenTwoTurns() throws Exception {
        NetServer server = listen();
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.actualPort())) {
            client.getOutputStream().write('a');
            opened.future().await(20, TimeUnit.SECONDS);

            FairTurns turnsOfLoop = new FairTurns(new VertxEventLoop(vertx, context, Clock.systemUTC()), () -> {});
            context.runOnContext(nothing -> turnsOfLoop.submit(new Endless()));
            await(busy);
            client.getOutputStream().write('b');
            sent.countDown();

            assertThat(heard.future().await(20, TimeUnit.SECONDS)).isLessThanOrEqualTo(SOON);
        }
    }

    private NetServer listen() {
        Promise<NetServer> listening = Promise.promise();
        context.runOnContext(nothing -> vertx.createNetServer()
                .connectHandler(socket -> socket.handler(bytes -> {
                    if (!opened.tryComplete()) {
                        heard.tryComplete(turns);
                    }
                }))
                .listen(0, "127.0.0.1")
                .onComplete(listening));
        return listening.future().await();
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
}

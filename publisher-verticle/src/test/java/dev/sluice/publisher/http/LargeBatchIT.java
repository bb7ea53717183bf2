// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.publisher.PublishServer;
import dev.sluice.publisher.RawSocket;
import dev.sluice.stream.StreamKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A batch as large as it may be, and the requests of others beside it. */
@Timeout(60)
class LargeBatchIT {

    private static final StreamKey FINANCE = new StreamKey("acme", "finance");
    private static final int EVENTS = 1_000;
    private static final int OTHERS = 8;

    private PublishServer server;

    @BeforeEach
    void start() throws Exception {
        server = PublishServer.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @Test
    void shouldAnswerOthersWhileItIsChecked() throws Exception {
        String batch = batch();
        List<String> answers = new ArrayList<>();
        try (RawSocket large = new RawSocket(server.port())) {
            large.head(head("large", "application/cloudevents-batch+json", batch.length()))
                    .send(batch.substring(0, batch.length() - 1));
            List<RawSocket> others = connectOthers();

            Awaitility.await().until(() -> server.bytesRead("large") == batch.length() - 1);

            // All that is missing of the requests arrives while the loop is busy, the batch first.
            CountDownLatch sent = new CountDownLatch(1);
            CountDownLatch busy = new CountDownLatch(1);
            server.loop().runOnContext(nothing -> {
                busy.countDown();
                await(sent);
            });
            await(busy);
            large.send(batch.substring(batch.length() - 1));
            for (int i = 0; i < OTHERS; i++) {
                others.get(i).send(event("other-" + i, 0));
            }
            sent.countDown();

            others.add(large);
            for (RawSocket socket : others) {
                answers.add(socket.readUntil("\r\n\r\n"));
                socket.close();
            }
        }

        assertThat(server.answered()).hasSize(OTHERS + 1).endsWith("large");
        assertThat(answers).allSatisfy(head -> assertThat(head).startsWith("HTTP/1.1 200 OK"));
        List<String> stored = server.log().stored(FINANCE).stream()
                .filter(json -> json.contains("\"id\":\"large-"))
                .toList();
        assertThat(stored)
                .as("in their order")
                .isEqualTo(IntStream.range(0, EVENTS)
                        .mapToObj(i -> event("large-" + i, 800))
                        .toList());
    }

    private List<RawSocket> connectOthers() throws Exception {
        List<RawSocket> others = new ArrayList<>();
        for (int i = 0; i < OTHERS; i++) {
            RawSocket other = new RawSocket(server.port());
            String body = event("other-" + i, 0);
            other.head(head("other", "application/cloudevents+json", body.length(), "Expect: 100-continue"));
            // So the head was read, and the loop is known.
            other.readUntil("100 Continue\r\n\r\n");
            others.add(other);
        }
        return others;
    }

    private static String[] head(String name, String contentType, int length, String... more) {
        List<String> lines = new ArrayList<>(List.of(PublishServer.NAME + ": " + name, "Content-Length: " + length));
        lines.addAll(List.of(more));
        return RawSocket.post(IngestRoutes.PATH, "acme", contentType, lines.toArray(String[]::new));
    }

    private static String batch() {
        return IntStream.range(0, EVENTS)
                .mapToObj(i -> event("large-" + i, 800))
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String event(String id, int padding) {
        return "{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"source\":\"/s\",\"type\":\"t\",\"org\":\"acme\","
                + "\"service\":\"finance\",\"data\":{\"text\":\"" + "x".repeat(padding) + "\"}}";
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

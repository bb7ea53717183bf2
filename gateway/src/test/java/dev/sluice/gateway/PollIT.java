// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.interfaces.FrameContract;
import dev.sluice.gateway.simulation.SessionLimits;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long polls of a real gateway. */
@Timeout(120)
class PollIT {

    private final GatewayFixture gateway = new GatewayFixture(new SessionLimits()
            .times(Duration.ofSeconds(25), Duration.ofMillis(500))
            .slow(500, 3)
            .options());
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        gateway.close();
    }

    private CompletableFuture<HttpResponse<String>> poll(String query, String token) {
        HttpRequest request = HttpRequest.newBuilder(gateway.uri("/v2/realtime/poll?" + query))
                .header("Authorization", "Bearer " + token)
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    private CompletableFuture<HttpResponse<String>> poll(String services, String cursor, int timeoutMs) {
        return poll(
                "services=" + services
                        + (cursor == null ? "" : "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8))
                        + "&timeoutMs=" + timeoutMs,
                "42:ann");
    }

    private static JsonObject body(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonObject(answer.body());
    }

    private static List<JsonObject> frames(JsonObject body) {
        return body.getJsonArray("frames").stream()
                .map(JsonObject.class::cast)
                .peek(FrameContract::check)
                .toList();
    }

    private static List<String> types(JsonObject body) {
        return frames(body).stream().map(frame -> frame.getString("type")).toList();
    }

    private double held() {
        return gateway.meter("sluice.sessions.by.transport", "transport", "poll");
    }

    private String head() {
        return body(poll("finance", null, 20_000).join()).getString("cursor");
    }

    private void awaitHeld(int polls) {
        await().atMost(SseClient.PATIENCE).until(() -> held() == polls);
    }

    @Test
    void shouldGiveAPositionAtOnceAndThenWait() {
        HttpResponse<String> first = poll("finance,staff", null, 20_000).join();
        JsonObject body = body(first);
        assertThat(types(body)).containsExactly("subscribed", "subscribed");
        assertThat(body.getString("cursor")).matches("finance=\\w+:0,staff=\\w+:0");
        assertThat(first.headers().firstValue("cache-control")).hasValue("no-store");
        assertThat(new JsonObject(first.headers().firstValue("sluice-flags").orElseThrow()))
                .isEqualTo(new JsonObject()
                        .put("realtime", true)
                        .put("rolloutPercent", 100)
                        .put(
                                "transports",
                                new JsonArray().add("websocket").add("sse").add("poll")));

        CompletableFuture<HttpResponse<String>> second = poll("finance,staff", body.getString("cursor"), 20_000);
        awaitHeld(1);
        assertThat(second).isNotDone();
        gateway.publish(2, 10);
        JsonObject news = body(second.join());
        assertThat(types(news)).allMatch("event"::equals);
        assertThat(news.getString("cursor")).matches("finance=\\w+:[12],staff=\\w+:0");
        awaitHeld(0);
    }

    @Test
    void shouldSayWhereItStandsWhenThereIsNothing() {
        String head = head();
        HttpResponse<String> answer = poll("finance", head, 50).join();
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers().firstValue("sluice-cursor")).hasValue(head);
        assertThat(poll("finance", head, 0).join().statusCode()).isEqualTo(204);
    }

    @Test
    void shouldLoseNothingBetweenPollsAndKeepAnswersSmall() {
        String cursor = head();
        List<Long> seqs = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            gateway.publish(100, 1_000);
        }
        while (seqs.size() < 600) {
            HttpResponse<String> answer = poll("finance", cursor, 20_000).join();
            JsonObject body = body(answer);
            assertThat(answer.body().length()).isLessThan((256 << 10) + (64 << 10) + 2_000);
            seqs.addAll(SseClient.seqs(frames(body)));
            cursor = body.getString("cursor");
        }
        assertThat(seqs)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 600).boxed().toList());
        assertThat(poll("finance", cursor, 1).join().statusCode()).isEqualTo(204);
    }

    @Test
    void shouldSayWhatCannotBeGoneOnWith() {
        gateway.publish(3, 10);
        JsonObject body = body(poll("finance", "finance=other:7", 20_000).join());
        assertThat(types(body)).containsExactly("subscribed");
        assertThat(frames(body).get(0).getBoolean("recovered")).isFalse();
        assertThat(frames(body).get(0).getString("reason")).isEqualTo("epoch_changed");
        assertThat(body.getString("cursor")).endsWith(":3");
    }

    @Test
    void shouldAnswerWhenTheTokenEnds() {
        String head = head();
        HttpResponse<String> answer = poll("services=finance&timeoutMs=60000&cursor=" + head, "42:ann:1500")
                .join();
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(new JsonObject(answer.body()).getInteger("closeCode")).isEqualTo(4002);
    }

    @Test
    void shouldHoldSoManyPollsOfAUserAndNoMore() {
        String head = head();
        awaitHeld(0);
        List<CompletableFuture<HttpResponse<String>>> polls = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            polls.add(poll("finance", head, 30_000));
        }
        awaitHeld(6);
        HttpResponse<String> seventh = poll("finance", head, 30_000).join();
        assertThat(seventh.statusCode()).isEqualTo(429);
        assertThat(seventh.headers().firstValue("retry-after")).isPresent();
        assertThat(poll("services=finance&timeoutMs=1&cursor=" + head, "42:bob")
                        .join()
                        .statusCode())
                .as("others have their own")
                .isEqualTo(204);
        gateway.publish(1, 10);
        polls.forEach(poll -> assertThat(types(body(poll.join()))).containsExactly("event"));
        awaitHeld(0);
        assertThat(poll("finance", head, 30_000).join().statusCode()).isEqualTo(200);
    }

    @Test
    void shouldSendItsClientsAwayWhenItDrains() {
        CompletableFuture<HttpResponse<String>> held = poll("finance", head(), 30_000);
        awaitHeld(1);
        gateway.gateway().drain().await();
        assertThat(types(body(held.join()))).containsExactly("goaway");
        HttpResponse<String> next = poll("finance", null, 1).join();
        assertThat(next.statusCode()).isEqualTo(503);
        assertThat(next.headers().firstValue("retry-after")).isPresent();
    }

    @Test
    void shouldTellOfNewFlags() throws Exception {
        CompletableFuture<HttpResponse<String>> held = poll("finance", head(), 30_000);
        awaitHeld(1);
        HttpRequest put = HttpRequest.newBuilder(gateway.uri("/v2/realtime/config"))
                .header("Authorization", "Bearer admin")
                .PUT(HttpRequest.BodyPublishers.ofString(
                        "{\"realtime\":false,\"rolloutPercent\":5,\"transports\":[\"poll\"]}"))
                .build();
        assertThat(http.send(put, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(200);
        HttpResponse<String> answer = held.join();
        assertThat(types(body(answer))).containsExactly("flags");
        assertThat(new JsonObject(answer.headers().firstValue("sluice-flags").orElseThrow())
                        .getInteger("rolloutPercent"))
                .isEqualTo(5);
    }

    @Test
    void shouldForgetAClientThatIsGone() throws Exception {
        String head = head();
        try (Socket gone = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            gone.getOutputStream()
                    .write(("GET /v2/realtime/poll?services=finance&access_token=42&timeoutMs=60000&cursor=" + head
                                    + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            awaitHeld(1);
        }
        awaitHeld(0);
    }

    @Test
    void shouldShowNothingOfAnotherOrg() {
        String head = head();
        gateway.publish(3, 10);
        JsonObject other =
                body(poll("services=finance&cursor=" + head, "43:eve").join());
        assertThat(types(other)).as("42's cursor means nothing to it").containsExactly("subscribed");
        assertThat(frames(other).get(0).getLong("seq")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "abc", "", "1.5", "99999999999999999999"})
    void shouldRefuseATimeoutThatIsNone(String timeoutMs) {
        HttpResponse<String> answer =
                poll("services=finance&timeoutMs=" + timeoutMs, "42:ann").join();
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(new JsonObject(answer.body()).getString("detail")).contains("timeoutMs");
    }

    @Test
    void shouldTakeTheCursorsOfAHundredStreams() {
        StringBuilder services = new StringBuilder("finance");
        StringBuilder cursors = new StringBuilder("finance=e1234567890:1");
        for (int i = 0; i < 99; i++) {
            services.append(",service-number-").append(i);
            cursors.append(",service-number-").append(i).append("=e1234567890:1234567890");
        }
        JsonObject body =
                body(poll(services.toString(), cursors.toString(), 30_000).join());
        assertThat(types(body)).hasSize(100);
    }
}

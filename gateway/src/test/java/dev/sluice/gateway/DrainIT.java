// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.session.SessionOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a gateway is emptied, besides what it does with sessions. */
@Timeout(60)
class DrainIT {

    private final CountDownLatch asked = new CountDownLatch(1);
    private final Promise<String> answer = Promise.promise();
    private final HttpClient http = HttpClient.newHttpClient();
    private final GatewayFixture gateway = new GatewayFixture(
            SessionOptions.defaults(), List.of(router -> router.get("/slow").handler(routing -> {
                Context loop = routing.vertx().getOrCreateContext();
                asked.countDown();
                answer.future().onSuccess(text -> loop.runOnContext(nothing -> routing.end(text)));
            })));

    @AfterEach
    void close() {
        answer.tryComplete("late");
        gateway.close();
    }

    private CompletableFuture<HttpResponse<String>> get(String path) {
        URI uri = URI.create("http://127.0.0.1:" + gateway.port() + path);
        return http.sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void shouldFinishTheRequestsUnderWay() throws Exception {
        CompletableFuture<HttpResponse<String>> slow = get("/slow");
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();

        assertThat(gateway.meter("sluice.ready")).isEqualTo(1);

        Future<Void> drained = gateway.gateway().drain();

        assertThat(gateway.meter("sluice.ready")).isZero();
        assertThat(gateway.meter("sluice.draining")).isEqualTo(1);
        assertThat(gateway.meter("sluice.requests.open")).isEqualTo(1);
        assertThat(get("/health/ready").join()).satisfies(response -> {
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.body()).contains("draining");
            assertThat(response.headers().firstValue("connection")).hasValue("close");
        });
        await().during(Duration.ofMillis(300)).atMost(Duration.ofSeconds(5)).until(() -> !drained.isComplete());
        answer.complete("done");
        drained.await(30, TimeUnit.SECONDS);
        assertThat(slow.get(30, TimeUnit.SECONDS).body()).isEqualTo("done");
    }

    @Test
    void shouldWaitForNoRequestWhenHurried() throws Exception {
        CompletableFuture<HttpResponse<String>> slow = get("/slow");
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        Future<Void> drained = gateway.gateway().drain();

        gateway.gateway().hurry();

        drained.await(4, TimeUnit.SECONDS); // by itself it would wait for 5.5 s
        assertThat(slow).isNotDone();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import static dev.sluice.publisher.PublisherBench.FINANCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.BusAddresses;
import dev.sluice.stream.bus.CommittedBatch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Publishing over the event bus, and the push over it. */
@Timeout(60)
class PublisherVerticleTest {

    private static final String JSON = TestEvents.json(FINANCE, "1");
    private static final String BARE =
            "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"data\":{\"n\":\"Zoë\"}}";

    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FaultyLog log = new FaultyLog(4, 1);
    private EventPublisher publisher;

    @BeforeEach
    void start() throws Exception {
        BusAddresses.registerCodecs(vertx);
        PublisherMetrics metrics = new PublisherMetrics(registry);
        PublisherOptions options = new PublisherOptions(
                1_000,
                64 << 20,
                Duration.ofSeconds(2),
                Duration.ofMillis(10),
                Duration.ofMillis(20),
                5,
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                FairnessOptions.defaults(),
                PublisherHttpOptions.defaults());
        publisher = EventPublisher.create(vertx, log, options, metrics);
        vertx.deployVerticle(new PublisherVerticle(publisher, metrics)).await(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        publisher.close().await(10, TimeUnit.SECONDS);
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    static Stream<Object> bodies() {
        return Stream.of(JSON, Buffer.buffer(JSON), new JsonObject(JSON));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void shouldReplyWithThePosition(Object body) throws Exception {
        JsonObject first = request(body).await(10, TimeUnit.SECONDS);
        JsonObject again = request(body).await(10, TimeUnit.SECONDS);

        String epoch = log.slice(FINANCE).epoch();
        assertThat(first)
                .isEqualTo(new JsonObject().put("epoch", epoch).put("seq", 1L).put("duplicate", false));
        assertThat(again)
                .isEqualTo(new JsonObject().put("epoch", epoch).put("seq", 1L).put("duplicate", true));
        assertThat(log.stored(FINANCE)).hasSize(1);
        assertThat(new JsonObject(log.stored(FINANCE).get(0))).isEqualTo(new JsonObject(JSON));
        assertThat(registry.get("sluice.publisher.requests")
                        .tags("door", "bus", "status", "0")
                        .counter()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void shouldTakeOrgAndServiceFromTheHeadersWhenTheEventHasNone() throws Exception {
        request(BARE, "org", "acme", "service", "finance").await(10, TimeUnit.SECONDS);

        assertThat(log.stored(FINANCE)).containsExactly(BARE);
    }

    @Test
    void shouldTakeHeadersThatSayTheSameAsTheEvent() throws Exception {
        request(JSON, "org", "acme", "service", "finance").await(10, TimeUnit.SECONDS);

        assertThat(log.stored(FINANCE)).hasSize(1);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of(JSON, List.of("org", "globex"), 400, "the header 'org'"),
                Arguments.of(JSON, List.of("service", "staff"), 400, "the header 'service'"),
                Arguments.of(BARE, List.of(), 400, "attribute 'org' is required"),
                Arguments.of(BARE, List.of("org", "acme"), 400, "attribute 'service' is required"),
                Arguments.of(BARE, List.of("org", "acme", "service", "No!"), 400, "attribute 'service' must match"),
                Arguments.of("nonsense", List.of(), 400, "not valid JSON"),
                Arguments.of(new JsonArray(), List.of(), 400, "the body must be"),
                Arguments.of(5, List.of(), 400, "the body must be"),
                Arguments.of(null, List.of(), 400, "the body must be"),
                Arguments.of(TestEvents.json(FINANCE, "1", "x".repeat(70_000)), List.of(), 413, "65536"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void shouldFailWithTheReasonWhenTheEventIsWrong(Object body, List<String> headers, int code, String message)
            throws Exception {
        ReplyException failure = failure(body, headers.toArray(String[]::new));

        assertThat(failure.failureCode()).isEqualTo(code);
        assertThat(failure).hasMessageContaining(message);
        assertThat(log.attempts()).isEmpty();
    }

    @Test
    void shouldFailWith503WhenTheLogDoesNotAnswer() throws Exception {
        log.behave(log::failBefore);

        ReplyException failure = failure(JSON);

        assertThat(failure.failureCode()).isEqualTo(503);
        assertThat(failure).hasMessageContaining("the outcome is unknown");
    }

    @Test
    void shouldFailWith429WhenTheOrgHasAllItsStreams() throws Exception {
        StreamKey neighbour = new PublisherBench(PublisherBench.OPTIONS, log).neighbour();
        request(JSON).await(10, TimeUnit.SECONDS);

        assertThat(failure(TestEvents.json(neighbour, "1")).failureCode()).isEqualTo(429);
    }

    @Test
    void shouldTellNothingOfTheInsideWhenSomethingBreaks() throws Exception {
        log.behave(commit -> {
            throw new IllegalStateException("secret-internal-detail");
        });

        ReplyException failure = failure(JSON);

        assertThat(failure.failureCode()).isEqualTo(500);
        assertThat(failure.getMessage()).doesNotContain("secret");
    }

    @Test
    void shouldPushToTheAddressOfTheShardBeforeTheReplyComes() throws Exception {
        List<CommittedBatch> pushes = new CopyOnWriteArrayList<>();
        int shard = FINANCE.shard(log.shards());
        vertx.eventBus()
                .<CommittedBatch>consumer(BusAddresses.shard(shard), message -> pushes.add(message.body()))
                .completion()
                .await(10, TimeUnit.SECONDS);

        request(JSON).await(10, TimeUnit.SECONDS);

        org.awaitility.Awaitility.await().until(() -> !pushes.isEmpty());
        assertThat(pushes).hasSize(1);
        assertThat(pushes.get(0).shard()).isEqualTo(shard);
        assertThat(pushes.get(0).runs().get(0).key()).isEqualTo(FINANCE);
        assertThat(new String(pushes.get(0).runs().get(0).events().get(0), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(JSON);
    }

    private ReplyException failure(Object body, String... headers) throws Exception {
        return request(body, headers)
                .transform(answer -> Future.succeededFuture((ReplyException) answer.cause()))
                .await(10, TimeUnit.SECONDS);
    }

    private Future<JsonObject> request(Object body, String... headers) {
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(10_000);
        for (int i = 0; i < headers.length; i += 2) {
            options.addHeader(headers[i], headers[i + 1]);
        }
        return vertx.eventBus()
                .<JsonObject>request(BusAddresses.PUBLISH, body, options)
                .map(message -> message.body());
    }
}

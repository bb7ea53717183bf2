// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.finance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.publisher.PublishServer;
import dev.sluice.publisher.Reply;
import dev.sluice.stream.StreamKey;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The sample service over HTTP. */
@Timeout(60)
class FinanceIT {

    private static final StreamKey FINANCE = new StreamKey("acme", "finance");
    private static final String GOOD = "{\"amount\":\"1234.50\",\"currency\":\"EUR\"}";

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
    void shouldTellTheOrgOfARevenue() throws Exception {
        Reply reply = revenue("{\"amount\":\"1234.50\",\"currency\":\"EUR\",\"customer\":\"Zoë \\\"&\\\" 你好 GmbH\"}")
                .token("acme-finance")
                .send();

        assertThat(reply.status()).isEqualTo(201);
        JsonObject answer = reply.json();
        assertThat(answer.fieldNames()).containsExactly("revenueId", "epoch", "seq", "duplicate");
        assertThat(answer.getLong("seq")).isEqualTo(1);
        assertThat(answer.getBoolean("duplicate")).isFalse();
        String id = answer.getString("revenueId");
        assertThat(UUID.fromString(id)).isNotNull();

        JsonObject event = stored();
        assertThat(event.getString("specversion")).isEqualTo("1.0");
        assertThat(event.getString("id")).isEqualTo(id);
        assertThat(event.getString("source")).isEqualTo("/finance");
        assertThat(event.getString("type")).isEqualTo("finance.revenue.created");
        assertThat(event.getString("org")).isEqualTo("acme");
        assertThat(event.getString("service")).isEqualTo("finance");
        assertThat(event.getString("datacontenttype")).isEqualTo("application/json");
        JsonObject data = event.getJsonObject("data");
        assertThat(data.fieldNames()).containsExactly("revenueId", "amount", "currency", "customer", "createdAt");
        assertThat(data.getString("revenueId")).isEqualTo(id);
        assertThat(data.getString("amount")).isEqualTo("1234.50");
        assertThat(data.getString("customer")).isEqualTo("Zoë \"&\" 你好 GmbH");
        Instant created = Instant.ofEpochMilli(data.getLong("createdAt"));
        assertThat(created).isCloseTo(Instant.now(), Assertions.within(30, ChronoUnit.SECONDS));
        assertThat(Duration.between(event.getInstant("time"), created).abs()).isLessThan(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({
        "\"1234.5\", EUR, 1234.50",
        "1234.50, EUR, 1234.50",
        "1234, USD, 1234.00",
        "\"0.01\", USD, 0.01",
        "1e3, JPY, 1000",
        "\"7.000\", JPY, 7",
        "\"1.234\", KWD, 1.234",
        "999999999999999.99, EUR, 999999999999999.99",
        "0.30000000000000000000000, EUR, 0.30",
    })
    void shouldWriteAmountsWithTheDecimalsOfTheirCurrency(String amount, String currency, String written)
            throws Exception {
        Reply reply = revenue("{\"amount\":" + amount + ",\"currency\":\"" + currency + "\"}")
                .token("acme")
                .send();

        assertThat(reply.status()).as(reply.http().body()).isEqualTo(201);
        assertThat(stored().getJsonObject("data").getString("amount")).isEqualTo(written);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of("", "body"),
                Arguments.of("[]", "body"),
                Arguments.of("{\"amount\":", "body"),
                Arguments.of(GOOD + "{}", "body"),
                Arguments.of(GOOD.replace("{", "{\"amount\":1,"), "body"),
                Arguments.of("{\"currency\":\"EUR\"}", "amount"),
                Arguments.of(amount("null"), "amount"),
                Arguments.of(amount("true"), "amount"),
                Arguments.of(amount("\"\""), "amount"),
                Arguments.of(amount("\"12,50\""), "amount"),
                Arguments.of(amount("\"NaN\""), "amount"),
                Arguments.of(amount("0"), "amount"),
                Arguments.of(amount("-0.01"), "amount"),
                Arguments.of(amount("\"0.001\""), "amount"),
                Arguments.of(amount("1.001"), "amount"),
                Arguments.of(amount("1000000000000000"), "amount"),
                Arguments.of(amount("1e999999999"), "amount"),
                Arguments.of(amount("\"1e2147483647\""), "amount"),
                Arguments.of(amount("\"1e-2147483647\""), "amount"),
                Arguments.of(amount("\"" + "1".repeat(41) + "\""), "amount"),
                Arguments.of(GOOD.replace("1234.50", "1.5").replace("EUR", "JPY"), "amount"),
                Arguments.of("{\"amount\":1}", "currency"),
                Arguments.of(GOOD.replace("\"EUR\"", "978"), "currency"),
                Arguments.of(GOOD.replace("EUR", "eur"), "currency"),
                Arguments.of(GOOD.replace("EUR", "EURO"), "currency"),
                Arguments.of(GOOD.replace("EUR", "XXX"), "currency"),
                Arguments.of(GOOD.replace("EUR", "XAU"), "currency"),
                Arguments.of(with("customer", "5"), "customer"),
                Arguments.of(with("customer", "\" \""), "customer"),
                Arguments.of(with("customer", "\"" + "x".repeat(201) + "\""), "customer"),
                Arguments.of(with("customer", "\"a\\u0000b\""), "customer"),
                Arguments.of(with("customer", "\"\\ud800\""), "customer"),
                Arguments.of(with("ammount", "1"), "ammount"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void shouldNameTheFieldThatIsWrong(String body, String field) throws Exception {
        JsonObject problem = revenue(body).token("acme").send().problem(400, "malformed");

        assertThat(problem.getString("attribute")).isEqualTo(field);
        assertThat(problem.getString("detail")).startsWith("'" + field + "' ");
        assertNothingPublished();
    }

    @Test
    void shouldRefuseBytesThatAreNotUtf8() throws Exception {
        byte[] latin1 = with("customer", "\"Zo\u00eb\"").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);

        JsonObject problem = revenue("")
                .body(java.net.http.HttpRequest.BodyPublishers.ofByteArray(latin1))
                .token("acme")
                .send()
                .problem(400, "malformed");

        assertThat(problem.getString("detail")).contains("UTF-8");
    }

    @Test
    void shouldAnswerTheFirstRevenueWhenTheKeyIsUsedAgain() throws Exception {
        Reply first =
                revenue(GOOD).header("Idempotency-Key", "order-7").token("acme").send();
        Reply again =
                revenue(GOOD).header("Idempotency-Key", "order-7").token("acme").send();

        assertThat(first.json().getString("revenueId")).isEqualTo("order-7");
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.json()).isEqualTo(first.json().copy().put("duplicate", true));
        assertThat(server.log().stored(FINANCE)).hasSize(1);
    }

    @Test
    void shouldRefuseAKeyThatIsNone() throws Exception {
        JsonObject problem = revenue(GOOD)
                .header("Idempotency-Key", "with space")
                .token("acme")
                .send()
                .problem(400, "malformed");

        assertThat(problem.getString("attribute")).isEqualTo("Idempotency-Key");
    }

    @ParameterizedTest
    @CsvSource({
        "acme-read, 403, forbidden",
        "acme-staff, 403, forbidden",
        "forged, 401, unauthorized",
        "unverifiable, 503, unverifiable"
    })
    void shouldRefuseATokenThatDoesNotCoverFinance(String token, int status, String code) throws Exception {
        revenue(GOOD).token(token).send().problem(status, code);
        assertNothingPublished();
    }

    @Test
    void shouldTakeTheOrgOfTheTokenOnly() throws Exception {
        assertThat(revenue(with("org", "\"acme\"")).token("acme").send().status())
                .isEqualTo(201);
        JsonObject problem =
                revenue(with("org", "\"globex\"")).token("acme").send().problem(403, "forbidden");
        assertThat(problem.getString("attribute")).isEqualTo("org");
    }

    @Test
    void shouldTakeTheOrgOfTheRequestWhenTheTokenHasNone() throws Exception {
        assertThat(revenue(with("org", "\"globex\"")).token("any-org").send().status())
                .isEqualTo(201);
        assertThat(server.log().stored(new StreamKey("globex", "finance"))).hasSize(1);
        assertThat(revenue(GOOD)
                        .token("any-org")
                        .send()
                        .problem(400, "malformed")
                        .getString("attribute"))
                .isEqualTo("org");
        assertThat(revenue(with("org", "\"\""))
                        .token("any-org")
                        .send()
                        .problem(400, "malformed")
                        .getString("attribute"))
                .isEqualTo("org");
    }

    @Test
    void shouldRefuseOtherContentTypesAndLargeBodies() throws Exception {
        server.post(FinanceRoutes.PATH).token("acme").body(GOOD).send().problem(415, "unsupported_media_type");
        server.post(FinanceRoutes.PATH)
                .token("acme")
                .header("Content-Type", "text/plain")
                .body(GOOD)
                .send()
                .problem(415, "unsupported_media_type");
        revenue(GOOD + " ".repeat(16_384)).token("acme").send().problem(413, "too_large");
        assertNothingPublished();
    }

    @Test
    void shouldSayThatTheOutcomeIsUnknownWhenTheLogDoesNotAnswer() throws Exception {
        server.stop();
        server = PublishServer.startImpatient();
        server.log().behave(server.log()::failBefore);

        assertThat(revenue(GOOD)
                        .token("acme")
                        .send()
                        .problem(503, "unavailable")
                        .getString("detail"))
                .contains("the outcome is unknown");
    }

    private PublishServer.Post revenue(String body) {
        return server.post(FinanceRoutes.PATH)
                .header("Content-Type", "application/json; charset=utf-8")
                .body(body);
    }

    private JsonObject stored() {
        return new JsonObject(server.log().stored(FINANCE).get(0));
    }

    private void assertNothingPublished() {
        assertThat(server.log().attempts()).isEmpty();
    }

    private static String amount(String amount) {
        return "{\"amount\":" + amount + ",\"currency\":\"EUR\"}";
    }

    private static String with(String name, String value) {
        return GOOD.replace("{", "{\"" + name + "\":" + value + ",");
    }
}

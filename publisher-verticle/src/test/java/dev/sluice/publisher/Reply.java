// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;

/** What a server answered. */
public record Reply(HttpResponse<String> http) {

    public int status() {
        return http.statusCode();
    }

    public JsonObject json() {
        return new JsonObject(http.body());
    }

    public JsonArray results() {
        return json().getJsonArray("results");
    }

    /** Checks that it is a problem of that kind, in order and without anything of the inside. */
    public JsonObject problem(int status, String code) {
        assertThat(status()).as(http.body()).isEqualTo(status);
        assertThat(http.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(http.body())
                .doesNotContain(
                        "Exception",
                        "dev.sluice",
                        "io.vertx",
                        "com.fasterxml",
                        "io.cloudevents",
                        "JsonNode",
                        "TextNode",
                        "REDACTED",
                        "StreamRead",
                        "secret",
                        "\tat ");
        JsonObject problem = json();
        assertThat(problem.getString("type")).isEqualTo("urn:sluice:problem:" + code);
        assertThat(problem.getInteger("status")).isEqualTo(status);
        assertThat(problem.getString("detail")).isNotBlank();
        if (status == 429 || status == 503) {
            assertThat(http.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
        }
        return problem;
    }
}

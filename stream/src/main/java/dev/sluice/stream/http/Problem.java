// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.http;

import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An HTTP error as RFC 9457 {@code application/problem+json}. What it says goes to strangers: no token, no stack trace,
 * nothing of another org.
 *
 * @param status the HTTP status
 * @param type what kind it is
 * @param detail what is wrong and how to mend it
 * @param attribute the CloudEvents attribute or parameter at fault, or empty
 * @param retryAfter after how long trying again makes sense, or empty
 * @param extensions further members of the body, each something that JSON can hold
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>
 */
public record Problem(
        int status,
        ProblemType type,
        String detail,
        Optional<String> attribute,
        Optional<Duration> retryAfter,
        Map<String, Object> extensions) {

    /** The content type. */
    public static final String CONTENT_TYPE = "application/problem+json";

    /** Copies the map, keeping its order. */
    public Problem {
        extensions = Collections.unmodifiableMap(new LinkedHashMap<>(extensions));
    }

    /** A problem of no particular attribute. */
    public static Problem of(ProblemType type, String detail) {
        return new Problem(type.status(), type, detail, Optional.empty(), Optional.empty(), Map.of());
    }

    /** The same with another status than its type has by default. */
    public Problem withStatus(int other) {
        return new Problem(other, type, detail, attribute, retryAfter, extensions);
    }

    /** A short stable name for programs, such as {@code forbidden}; also the last part of {@code type}. */
    public String code() {
        return type.code();
    }

    /** The same, at fault being one attribute or parameter. */
    public Problem withAttribute(String name) {
        return new Problem(status, type, detail, Optional.ofNullable(name), retryAfter, extensions);
    }

    /** The same with a {@code Retry-After}, rounded up to whole seconds as HTTP wants it, at least one. */
    public Problem withRetryAfter(Duration delay) {
        return new Problem(status, type, detail, attribute, Optional.of(delay), extensions);
    }

    /** The same with a further member in its body, such as the index of the event in a batch. */
    public Problem with(String member, Object value) {
        Map<String, Object> members = new LinkedHashMap<>(extensions);
        members.put(member, value);
        return new Problem(status, type, detail, attribute, retryAfter, members);
    }

    /** The body. */
    public JsonObject toJson() {
        JsonObject body = new JsonObject()
                .put("type", type.uri())
                .put("title", code().replace('_', ' '))
                .put("status", status)
                .put("detail", detail);
        attribute.ifPresent(name -> body.put("attribute", name));
        extensions.forEach(body::put);
        return body;
    }

    /** Ends the response with this problem; does nothing when the client is gone or an answer was sent already. */
    public Future<Void> send(HttpServerResponse response) {
        if (response.ended() || response.closed()) {
            return Future.succeededFuture();
        }
        retryAfter.ifPresent(delay -> response.putHeader(
                HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, (delay.toMillis() + 999) / 1000))));
        return response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE)
                .end(toJson().toBuffer());
    }
}

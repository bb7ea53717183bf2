// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport.websocket;

import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * What RFC 6455 section 4.2.1 demands of a client's opening handshake. Vert.x would take the drafts before version 13, which frame
 * differently, and keys of any length.
 */
final class OpeningHandshake {

    private static final String VERSION = "13";
    private static final int KEY_BYTES = 16;

    private OpeningHandshake() {}

    /**
     * Why the request is no handshake, or empty. Sets the headers that the answer needs beside the problem.
     *
     * @return 426 when the client can mend it by upgrading, or by another version; 405 and 400 otherwise
     */
    static Optional<Problem> refusal(HttpServerRequest request) {
        if (!hasToken(request, HttpHeaders.UPGRADE, "websocket")) {
            request.response().putHeader(HttpHeaders.UPGRADE, "websocket");
            return problem(ProblemType.UPGRADE_REQUIRED, "this is a WebSocket endpoint; send an upgrade");
        }
        if (!HttpMethod.GET.equals(request.method())) {
            request.response().putHeader(HttpHeaders.ALLOW, "GET");
            return problem(ProblemType.METHOD_NOT_ALLOWED, "a WebSocket is opened with GET");
        }
        if (request.version() != HttpVersion.HTTP_1_1 || !hasToken(request, HttpHeaders.CONNECTION, "upgrade")) {
            return problem(ProblemType.BAD_HANDSHAKE, "a WebSocket is opened over HTTP/1.1 with 'Connection: Upgrade'");
        }
        if (!List.of(VERSION).equals(request.headers().getAll("sec-websocket-version"))) {
            request.response().putHeader(HttpHeaders.UPGRADE, "websocket").putHeader("sec-websocket-version", VERSION);
            return problem(ProblemType.WEBSOCKET_VERSION, "the WebSocket version is 13 (RFC 6455)");
        }
        if (!hasKey(request)) {
            return problem(ProblemType.BAD_HANDSHAKE, "Sec-WebSocket-Key must be 16 bytes in base64");
        }
        return Optional.empty();
    }

    private static Optional<Problem> problem(ProblemType type, String detail) {
        return Optional.of(Problem.of(type, detail));
    }

    private static boolean hasToken(HttpServerRequest request, CharSequence header, String token) {
        return request.headers().getAll(header).stream()
                .flatMap(line -> Arrays.stream(line.split(",", -1)))
                .anyMatch(element -> element.trim().equalsIgnoreCase(token));
    }

    private static boolean hasKey(HttpServerRequest request) {
        List<String> keys = request.headers().getAll("sec-websocket-key");
        try {
            return keys.size() == 1 && Base64.getDecoder().decode(keys.get(0)).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.admin;

import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** A body of a few kilobytes, held back until it is wanted, then read within {@value #TIMEOUT_MS} ms. Confined to the request's context. */
final class SmallBody {

    static final int MAX_BYTES = 4 << 10;
    private static final long TIMEOUT_MS = 10_000;

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final Promise<Buffer> whole = Promise.promise();
    private final Buffer received = Buffer.buffer();

    /** Holds the body of the request back; to be called in the first turn. */
    SmallBody(Vertx vertx, HttpServerRequest request) {
        this.vertx = vertx;
        this.request = request;
        request.pause();
    }

    /** Reads it; fails with {@link RefusedException}. */
    Future<Buffer> read() {
        long timer = vertx.setTimer(TIMEOUT_MS, id -> fail(ProblemType.TIMEOUT, "the body did not arrive in time"));
        request.exceptionHandler(failure -> fail(ProblemType.MALFORMED, "the body broke off"));
        request.handler(chunk -> {
            if (received.length() + chunk.length() > MAX_BYTES) {
                fail(ProblemType.TOO_LARGE, "the body is larger than " + MAX_BYTES + " bytes, which is the limit");
            } else {
                received.appendBuffer(chunk);
            }
        });
        request.endHandler(end -> whole.tryComplete(received));
        request.resume();
        return whole.future().onComplete(done -> vertx.cancelTimer(timer));
    }

    private void fail(ProblemType type, String detail) {
        whole.tryFail(new RefusedException(Problem.of(type, detail)));
    }
}

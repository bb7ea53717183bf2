// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;

/** Brings results back to where they were asked for. */
final class CallerContext {

    private CallerContext() {}

    /** A promise whose future calls back on the caller's Vert.x context; on the completing thread where there is none. */
    static <T> Promise<T> promise() {
        ContextInternal context = (ContextInternal) Vertx.currentContext();
        return context == null ? Promise.promise() : context.promise();
    }
}

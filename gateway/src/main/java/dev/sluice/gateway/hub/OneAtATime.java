// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/**
 * Runs an asynchronous task one at a time. Whoever asks while it runs gets the next run, together with all who ask until that
 * begins: the run under way may have asked the log before what the caller knows of came in. Confined to one loop.
 */
final class OneAtATime {

    private final Supplier<Future<Void>> task;
    private Promise<Void> running;
    private Promise<Void> next;

    /** A task that completes on the loop. */
    OneAtATime(Supplier<Future<Void>> task) {
        this.task = task;
    }

    /** Completes as a run of the task does that begins now or later. */
    Future<Void> run() {
        if (running == null) {
            return begin(Promise.promise());
        }
        if (next == null) {
            next = Promise.promise();
        }
        return next.future();
    }

    private Future<Void> begin(Promise<Void> promise) {
        running = promise;
        task.get().onComplete((done, failure) -> {
            Promise<Void> waiting = next;
            running = null;
            next = null;
            if (waiting != null) {
                begin(waiting);
            }
            if (failure == null) {
                promise.complete();
            } else {
                promise.fail(failure);
            }
        });
        return promise.future();
    }
}

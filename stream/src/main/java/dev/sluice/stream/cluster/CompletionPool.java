// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import com.hazelcast.internal.util.ConcurrencyUtil;
import java.util.concurrent.ForkJoinPool;

/**
 * Where Hazelcast completes what it was asked asynchronously. By default that is the JVM's common pool; but if it has a single thread, as
 * on machines with one or two processors, Hazelcast starts a thread for each completion instead: one and more for each client that is
 * counted, which took about half of the CPU of a crowd that came back.
 *
 * <p>There is no public way to say so, and a larger common pool cannot be asked for when somebody has used it already. One for the JVM,
 * as the executor that it takes the place of; its threads are daemons and end when there is nothing to do.
 */
final class CompletionPool {

    /** From so many threads on Hazelcast uses the common pool. */
    private static final int ENOUGH = 2;

    private static final ForkJoinPool POOL = new ForkJoinPool(ENOUGH);

    private CompletionPool() {}

    /** To be called before a Hazelcast instance is made; again does no harm. */
    static void prepare() {
        if (ForkJoinPool.getCommonPoolParallelism() < ENOUGH) {
            ConcurrencyUtil.setDefaultAsyncExecutor(POOL);
        }
    }
}

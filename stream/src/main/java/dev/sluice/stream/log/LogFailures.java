// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.HazelcastOverloadException;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.core.OperationTimeoutException;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.partition.NoDataMemberInClusterException;
import com.hazelcast.spi.exception.RetryableException;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Says what went wrong in words that are safe to show; the cause keeps the rest for the log file. */
final class LogFailures {

    private LogFailures() {}

    /** Whatever an operation on the map failed with: its outcome is not known. */
    static LogUnavailableException unavailable(Throwable failure) {
        Throwable cause = unwrapped(failure);
        return new LogUnavailableException(describe(cause), cause);
    }

    private static String describe(Throwable cause) {
        if (cause instanceof SplitBrainProtectionException) {
            return "the cluster has no quorum";
        }
        if (cause instanceof IndeterminateOperationStateException) {
            return "a node was lost during the operation; it is not known whether it took place";
        }
        if (cause instanceof OperationTimeoutException) {
            return "the log did not answer in time";
        }
        if (cause instanceof HazelcastInstanceNotActiveException) {
            return "this node is not in the cluster any more";
        }
        if (cause instanceof NoDataMemberInClusterException) {
            return "no node of the cluster keeps data";
        }
        if (cause instanceof HazelcastOverloadException) {
            return "too many operations on the log are under way";
        }
        if (cause instanceof RetryableException) {
            return "the shard is moving to another node";
        }
        if (cause instanceof HazelcastSerializationException) {
            return "this node and the one that keeps the shard do not understand one another";
        }
        return "the log failed";
    }

    /** Some of Hazelcast's exceptions extend ExecutionException, so only the bare ones are wrappings. */
    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null
                && (cause instanceof CompletionException || cause.getClass() == ExecutionException.class)) {
            cause = cause.getCause();
        }
        return cause;
    }
}

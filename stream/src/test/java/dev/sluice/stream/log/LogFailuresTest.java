// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.HazelcastOverloadException;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.core.MemberLeftException;
import com.hazelcast.core.OperationTimeoutException;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.partition.NoDataMemberInClusterException;
import com.hazelcast.spi.exception.TargetNotMemberException;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LogFailuresTest {

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new SplitBrainProtectionException("10.0.0.1"), "no quorum"),
                Arguments.of(new IndeterminateOperationStateException("10.0.0.1"), "not known"),
                Arguments.of(new OperationTimeoutException("10.0.0.1"), "in time"),
                Arguments.of(new HazelcastInstanceNotActiveException("10.0.0.1"), "not in the cluster"),
                Arguments.of(new NoDataMemberInClusterException("10.0.0.1"), "keeps data"),
                Arguments.of(new HazelcastOverloadException("10.0.0.1"), "too many operations"),
                Arguments.of(new MemberLeftException("10.0.0.1"), "moving"),
                Arguments.of(new TargetNotMemberException("10.0.0.1"), "moving"),
                Arguments.of(new HazelcastSerializationException("10.0.0.1"), "understand"),
                Arguments.of(new IllegalStateException("10.0.0.1"), "the log failed"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldSayWhatHappenedWithoutAddressesWhenTheMapFails(Exception failure, String expected) {
        for (Throwable thrown : new Throwable[] {
            failure, new CompletionException(failure), new ExecutionException(new CompletionException(failure))
        }) {
            LogUnavailableException unavailable = LogFailures.unavailable(thrown);

            assertThat(unavailable).hasMessageContaining(expected).hasCause(failure);
            assertThat(unavailable.getMessage()).doesNotContain("10.0.0.1");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.core.MultiExecutionCallback;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What a member that comes asks those that are there: whether a shard may still come home ({@link LostShards}). */
final class LossQuestion extends Wire implements Callable<Boolean>, HazelcastInstanceAware {

    private static final String EXECUTOR = "sluice.log";

    private HazelcastInstance asked;

    /**
     * Asks all others that keep data.
     *
     * @return whether one of them says so, or does not answer
     */
    static CompletionStage<Boolean> ask(HazelcastInstance asking) {
        List<Member> others = asking.getCluster().getMembers().stream()
                .filter(member -> !member.localMember() && !member.isLiteMember())
                .toList();
        if (others.isEmpty()) {
            return CompletableFuture.completedFuture(false);
        }
        CompletableFuture<Boolean> lost = new CompletableFuture<>();
        asking.getExecutorService(EXECUTOR).submitToMembers(new LossQuestion(), others, new MultiExecutionCallback() {
            @Override
            public void onResponse(Member member, Object answer) {
                // All answers are waited for.
            }

            @Override
            public void onComplete(Map<Member, Object> answers) {
                // Of one that failed to answer the worst is assumed.
                lost.complete(answers.values().stream().anyMatch(answer -> !Boolean.FALSE.equals(answer)));
            }
        });
        return lost;
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance hazelcast) {
        asked = hazelcast;
    }

    @Override
    public Boolean call() {
        LostShards there = LostShards.of(asked);
        return there != null && there.mayHaveLost();
    }

    @Override
    public int getClassId() {
        return LogSerializerFactory.LOSS_QUESTION;
    }

    @Override
    void write(ObjectDataOutput out) {
        // Says nothing.
    }

    @Override
    void read(ObjectDataInput in) {
        // Says nothing.
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.spi.impl.PartitionSpecificRunnable;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;

/** Nothing happens in the partition on this member, neither as its owner nor as its backup, until it is let go. */
public final class HeldPartition {

    private final CountDownLatch mayGoOn = new CountDownLatch(1);

    private HeldPartition() {}

    /** Holds it, and comes back when it is held. */
    public static HeldPartition of(HazelcastInstance member, Object key) {
        HeldPartition held = new HeldPartition();
        Node node = ((HazelcastInstanceProxy) member).getOriginal().node;
        int partition = node.getPartitionService().getPartitionId(key);
        CountDownLatch stopped = new CountDownLatch(1);
        node.getNodeEngine().getOperationService().execute(new PartitionSpecificRunnable() {
            @Override
            public int getPartitionId() {
                return partition;
            }

            @Override
            public void run() {
                stopped.countDown();
                try {
                    held.mayGoOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        Awaitility.await().until(() -> stopped.getCount() == 0);
        return held;
    }

    /** Lets it go on; again does no harm. */
    public void letGo() {
        mayGoOn.countDown();
    }
}

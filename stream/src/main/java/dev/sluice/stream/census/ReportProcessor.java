// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.census;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * One member's report, on the owner of the key: its count takes the place of the one before, and the sum over the members that live is
 * the answer. What dead members reported is dropped here, so no one has to watch over them.
 */
final class ReportProcessor
        implements EntryProcessor<String, Tally, Integer>, IdentifiedDataSerializable, HazelcastInstanceAware {

    private static final byte FORMAT = 1;

    private UUID member;
    private long report;
    private final Map<String, Integer> counts = new HashMap<>();
    private transient HazelcastInstance hazelcast;
    private transient Set<UUID> living;

    /** For the factory. */
    ReportProcessor() {}

    /** A report of counts by key. */
    ReportProcessor(UUID member, long report, Map<String, Integer> counts) {
        this.member = member;
        this.report = report;
        this.counts.putAll(counts);
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance instance) {
        hazelcast = instance;
    }

    @Override
    public Integer process(Map.Entry<String, Tally> entry) {
        Tally known = entry.getValue();
        Tally tally = known == null ? new Tally() : known;
        boolean someDied = tally.keepOnly(living());
        int count = counts.getOrDefault(entry.getKey(), 0);
        // Most reports repeat what is known: then nothing is to be stored.
        boolean isNews = tally.put(member, report, count);
        if (!isNews && !someDied) {
            return tally.countWithout(member) + count;
        }
        if (!tally.isEmpty()) {
            entry.setValue(tally);
        } else if (known != null) {
            entry.setValue(null);
        }
        return tally.countWithout(member) + count;
    }

    /** Of this operation, which goes through hundreds of keys. */
    private Set<UUID> living() {
        if (living == null) {
            living = hazelcast.getCluster().getMembers().stream()
                    .map(Member::getUuid)
                    .collect(Collectors.toSet());
        }
        return living;
    }

    /** There are no backups: what is lost with an owner is reported again. */
    @Override
    public EntryProcessor<String, Tally, Integer> getBackupProcessor() {
        return null;
    }

    @Override
    public int getFactoryId() {
        return CensusSerializerFactory.FACTORY_ID;
    }

    @Override
    public int getClassId() {
        return CensusSerializerFactory.REPORT;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeByte(FORMAT);
        CensusSerializerFactory.writeId(out, member);
        out.writeLong(report);
        out.writeInt(counts.size());
        for (Map.Entry<String, Integer> count : counts.entrySet()) {
            out.writeString(count.getKey());
            out.writeInt(count.getValue());
        }
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        CensusSerializerFactory.checkFormat(in.readByte(), FORMAT);
        member = CensusSerializerFactory.readId(in);
        report = in.readLong();
        int size = in.readInt();
        for (int i = 0; i < size; i++) {
            counts.put(in.readString(), in.readInt());
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.census;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** How many of one thing each member has. Confined to the partition thread of its owner. */
final class Tally implements IdentifiedDataSerializable {

    private static final byte FORMAT = 1;

    private final Map<UUID, Share> shares = new HashMap<>();

    /**
     * What one member says.
     *
     * @param report its number among the member's reports, which may overtake each other
     */
    private record Share(long report, int count) {}

    /**
     * Takes over a report unless a later one came before it.
     *
     * @return whether it says something else than the one before. If not, its number need not be kept, either: an older report that comes even
     *     later may then count until the next one
     */
    boolean put(UUID member, long report, int count) {
        Share known = shares.get(member);
        if (known != null && known.report() >= report) {
            return false;
        }
        shares.put(member, new Share(report, count));
        return known == null || known.count() != count;
    }

    /** Forgets the members that are no more; returns whether there were any. */
    boolean keepOnly(Set<UUID> living) {
        return shares.keySet().retainAll(living);
    }

    int countWithout(UUID member) {
        return shares.entrySet().stream()
                .filter(share -> !share.getKey().equals(member))
                .mapToInt(share -> share.getValue().count())
                .sum();
    }

    /** Whether nobody has any. The report numbers are lost with it, so an overtaken report may count for one until it is made again. */
    boolean isEmpty() {
        return shares.values().stream().allMatch(share -> share.count() == 0);
    }

    @Override
    public int getFactoryId() {
        return CensusSerializerFactory.FACTORY_ID;
    }

    @Override
    public int getClassId() {
        return CensusSerializerFactory.TALLY;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeByte(FORMAT);
        out.writeInt(shares.size());
        for (Map.Entry<UUID, Share> share : shares.entrySet()) {
            CensusSerializerFactory.writeId(out, share.getKey());
            out.writeLong(share.getValue().report());
            out.writeInt(share.getValue().count());
        }
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        CensusSerializerFactory.checkFormat(in.readByte(), FORMAT);
        int size = in.readInt();
        for (int i = 0; i < size; i++) {
            shares.put(CensusSerializerFactory.readId(in), new Share(in.readLong(), in.readInt()));
        }
    }
}

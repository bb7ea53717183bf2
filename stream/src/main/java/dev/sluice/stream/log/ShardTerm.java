// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.UUID;

/**
 * Under whom a shard stands: the number grows by one whenever another member begins to answer for it. Of two replicas that went separate ways, the one of the
 * higher term has what was acknowledged: whoever was cut off could not have its commits acknowledged once another had taken over (compare Raft, section 5.4).
 *
 * @param number 0 before anybody answered, then 1, 2, 3 …
 * @param owner the member that began it; all zeros before anybody did
 */
record ShardTerm(long number, UUID owner) {

    static final ShardTerm NONE = new ShardTerm(0, new UUID(0, 0));

    /** The term in which the member answers: this one if it is its own, else the next. */
    ShardTerm of(UUID member) {
        return owner.equals(member) ? this : new ShardTerm(number + 1, member);
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeLong(number);
        out.writeLong(owner.getMostSignificantBits());
        out.writeLong(owner.getLeastSignificantBits());
    }

    static ShardTerm readFrom(DataInput in) throws IOException {
        return new ShardTerm(in.readLong(), new UUID(in.readLong(), in.readLong()));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.census;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializableFactory;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.UUID;

/** Makes the objects by which members report their counts. Every member needs it. The ids never change. */
public final class CensusSerializerFactory implements DataSerializableFactory {

    /** The id of this factory, unique in the cluster. */
    public static final int FACTORY_ID = 7362;

    static final int TALLY = 1;
    static final int REPORT = 2;

    /** Makes this factory known; to be called before the Hazelcast instance is made. */
    public static void register(SerializationConfig config) {
        config.addDataSerializableFactory(FACTORY_ID, new CensusSerializerFactory());
    }

    @Override
    public IdentifiedDataSerializable create(int classId) {
        return switch (classId) {
            case TALLY -> new Tally();
            case REPORT -> new ReportProcessor();
            default -> throw new IllegalArgumentException("class " + classId + " is not known to this release");
        };
    }

    static void checkFormat(byte format, byte known) throws IOException {
        if (format != known) {
            throw new IOException("format " + format + " is not known to this release; it knows " + known);
        }
    }

    static void writeId(ObjectDataOutput out, UUID id) throws IOException {
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }

    static UUID readId(ObjectDataInput in) throws IOException {
        return new UUID(in.readLong(), in.readLong());
    }
}

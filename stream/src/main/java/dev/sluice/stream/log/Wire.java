// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;

/**
 * What travels between members. A format version comes first, so that two releases can run side by side: a release that
 * changes a format reads the old one as well, and writes the new one only from the release after; a member that meets a
 * format it does not know says so, instead of reading nonsense.
 */
abstract class Wire implements IdentifiedDataSerializable {

    private static final byte FORMAT = 1;

    @Override
    public final int getFactoryId() {
        return LogSerializerFactory.FACTORY_ID;
    }

    @Override
    public final void writeData(ObjectDataOutput out) throws IOException {
        out.writeByte(FORMAT);
        write(out);
    }

    @Override
    public final void readData(ObjectDataInput in) throws IOException {
        byte format = in.readByte();
        if (format != FORMAT) {
            throw new IOException("format " + format + " of class " + getClassId()
                    + " of the log is not known to this release; it knows " + FORMAT);
        }
        read(in);
    }

    abstract void write(ObjectDataOutput out) throws IOException;

    abstract void read(ObjectDataInput in) throws IOException;
}

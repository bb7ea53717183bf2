// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Lets a value travel that knows nothing of Hazelcast. */
final class Wired<T> extends Wire {

    /** How a value is written. */
    @FunctionalInterface
    interface Writer<T> {
        void write(T value, DataOutput out) throws IOException;
    }

    /** How a value is read. */
    @FunctionalInterface
    interface Reader<T> {
        T read(DataInput in) throws IOException;
    }

    /**
     * What kind of value it is.
     *
     * @param classId never changes, and is never given to anything else
     */
    record Kind<T>(int classId, Writer<T> writer, Reader<T> reader) {

        Wired<T> of(T value) {
            return new Wired<>(this, value);
        }
    }

    private final Kind<T> kind;
    private T value;

    Wired(Kind<T> kind, T value) {
        this.kind = kind;
        this.value = value;
    }

    T value() {
        return value;
    }

    @Override
    public int getClassId() {
        return kind.classId();
    }

    @Override
    void write(ObjectDataOutput out) throws IOException {
        kind.writer().write(value, out);
    }

    @Override
    void read(ObjectDataInput in) throws IOException {
        value = kind.reader().read(in);
    }
}

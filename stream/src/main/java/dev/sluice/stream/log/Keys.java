// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.StreamKey;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** How a {@link StreamKey} is written. */
final class Keys {

    private Keys() {}

    static void write(DataOutput out, StreamKey key) throws IOException {
        out.writeUTF(key.org());
        out.writeUTF(key.service());
    }

    static StreamKey read(DataInput in) throws IOException {
        try {
            return new StreamKey(Reads.text(in), Reads.text(in));
        } catch (IllegalArgumentException e) {
            throw new IOException("not the name of a stream", e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.hazelcast.config.SerializationConfig;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.nio.ObjectDataOutput;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.fuzz.Cost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * All that members say to each other about the log. The first byte is the class, the rest its data. What is read must be as good as
 * what a member made itself: it can be written again, and the shard works with it.
 */
class WireFuzzTest {

    private static final InternalSerializationService SERIALIZATION = new DefaultSerializationServiceBuilder()
            .setConfig(new SerializationConfig())
            .build();

    @FuzzTest
    void message(byte[] wire) {
        if (wire.length == 0) {
            return;
        }
        Wire message;
        try {
            message = Cost.bounded(wire.length, () -> read(wire));
        } catch (UncheckedIOException e) {
            return;
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("class " + wire[0]);
            return;
        }
        byte[] written = written(wire[0], message);
        Wire again = read(written);
        assertThat(written(wire[0], again)).isEqualTo(written);
        use(again);
    }

    private static Wire read(byte[] wire) {
        Wire message = (Wire) new LogSerializerFactory().create(wire[0]);
        try {
            message.readData(SERIALIZATION.createObjectDataInput(wire, 1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return message;
    }

    private static byte[] written(byte classId, Wire message) {
        try (var out = SERIALIZATION.createObjectDataOutput()) {
            out.writeByte(classId);
            message.writeData((ObjectDataOutput) out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void use(Wire message) {
        if (message instanceof ShardProcessor<?> processor) {
            ShardEntry entry = new ShardEntry();
            processor.process(entry);
            if (entry.getValue() != null) {
                work(entry.getValue().value());
            }
        } else if (message instanceof Wired<?> wired) {
            use(wired.value());
        }
    }

    private static void use(Object value) {
        if (value instanceof ShardState shard) {
            work(shard);
        } else if (value instanceof CommitReply reply && reply.answer() != null) {
            assertThat(reply.toResult().receipts()).hasSize(reply.answer().size());
        } else if (value instanceof ReadReply reply && reply.slice() != null) {
            assertThat(reply.toSlice().events()).doesNotContainNull();
        }
    }

    /** A day in the life of a shard. */
    private static void work(ShardState shard) {
        Random random = new Random(1);
        StreamKey key = new StreamKey("acme", "finance");
        long now = 1_000;
        shard.read(new ReadRequest(key, 0, 10, 1_000), now, Replica.ROOMY, random);
        shard.changes(ShardVersion.NONE)
                .heads()
                .keySet()
                .forEach(stream -> shard.read(new ReadRequest(stream, 1, 10, 1_000), now, Replica.ROOMY, random));
        ShardState.Committed committed = shard.commit(
                new CommitRequest(new UUID(3, 4), 1, List.of(Replica.entry(key, "new", 0))),
                now,
                Replica.ROOMY,
                random);
        if (committed.delta() != null) {
            shard.apply(committed.delta(), Replica.ROOMY);
        }
        shard.sweep(now, Replica.ROOMY);
        assertThat(shard.bytes()).isNotNegative();
    }

    /** An entry as Hazelcast hands it to a processor. */
    private static final class ShardEntry implements Map.Entry<Integer, Wired<ShardState>> {
        private Wired<ShardState> value;

        @Override
        public Integer getKey() {
            return 0;
        }

        @Override
        public Wired<ShardState> getValue() {
            return value;
        }

        @Override
        public Wired<ShardState> setValue(Wired<ShardState> newValue) {
            Wired<ShardState> old = value;
            value = newValue;
            return old;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static dev.sluice.stream.log.Replica.FINANCE;
import static dev.sluice.stream.log.Replica.ROOMY;
import static dev.sluice.stream.log.Replica.STAFF;
import static dev.sluice.stream.log.Replica.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.internal.nio.BufferObjectDataInput;
import com.hazelcast.internal.serialization.Data;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.internal.serialization.impl.HeapData;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import dev.sluice.stream.StreamKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What travels arrives as it was sent. */
class WireTest {

    private final InternalSerializationService serialization = newService();
    private final Replica shard = new Replica(ROOMY);

    private static InternalSerializationService newService() {
        SerializationConfig config = new SerializationConfig();
        LogSerializerFactory.register(config);
        return new DefaultSerializationServiceBuilder().setConfig(config).build();
    }

    @AfterEach
    void dispose() {
        serialization.dispose();
    }

    @Test
    void shouldBeTheSameShardWhenItMigrates() {
        shard.commit(1, List.of(entry(FINANCE, "ä€𝄞", 100), entry(STAFF, "b", 0), entry(FINANCE, "ä€𝄞", 100)));
        shard.read(new StreamKey("örg", "empty"), 1);
        byte[] before = shard.bytes();

        Wired<ShardState> copy = roundTrip(LogSerializerFactory.SHARD_STATE.of(shard.state));
        long bytes = shard.state.bytes();
        shard.state = copy.value();

        assertThat(shard.bytes()).isEqualTo(before);
        assertThat(shard.state.bytes()).isEqualTo(bytes);
    }

    @Test
    void shouldCommitTheSameWhenTheProcessorTravels() {
        CommitRequest request = new CommitRequest(
                UUID.randomUUID(), 3, List.of(entry(FINANCE, "a", 0), entry(STAFF, "b", 5), entry(FINANCE, "c", 0)));
        Entry entry = new Entry(null);

        Wired<CommitReply> reply =
                roundTrip(roundTrip(new CommitProcessor(request, ROOMY)).process(entry));

        assertThat(reply.value().toResult().receipts()).hasSize(3).allMatch(receipt -> receipt.isPresent());
        shard.state = entry.getValue().value();
        assertThat(Replica.idsOf(shard.read(FINANCE, 1))).containsExactly("a", "c");
        assertThat(Replica.idsOf(shard.read(STAFF, 1))).containsExactly("b");
    }

    @Test
    void shouldLeaveTheBackupEqualWhenItsProcessorTravels() {
        Entry primary = new Entry(null);
        Entry backup = new Entry(null);
        CommitProcessor commit =
                new CommitProcessor(new CommitRequest(UUID.randomUUID(), 1, Replica.entries(FINANCE, "a")), ROOMY);
        commit.process(primary);
        apply(commit, backup);
        ReadProcessor read = new ReadProcessor(new ReadRequest(STAFF, 1, 10, 10), ROOMY);
        LogSlice slice = roundTrip(read.process(primary)).value().toSlice();
        apply(read, backup);

        assertThat(bytes(backup)).isEqualTo(bytes(primary));
        shard.state = backup.getValue().value();
        assertThat(shard.read(STAFF, 1).epoch()).isEqualTo(slice.epoch());
    }

    @Test
    void shouldRenewTheSameWhenTheProcessorTravels() {
        shard.commit(FINANCE, "a");
        String epoch = shard.read(FINANCE, 1).epoch();
        Entry primary = new Entry(shard.state);
        Entry backup = new Entry(shard.state.copy());
        KnownEvent beyond = new KnownEvent(epoch, 2, 77);
        KnownEvent other = new KnownEvent(epoch, 1, 77);
        KnownEvent nothing = new KnownEvent("another", 1, 77);

        RenewProcessor harmless = roundTrip(new RenewProcessor(FINANCE, nothing, ROOMY));
        assertThat(roundTrip(harmless.process(primary)).value().toSlice().epoch())
                .isEqualTo(epoch);
        RenewProcessor renew = roundTrip(new RenewProcessor(FINANCE, beyond, ROOMY));
        LogSlice slice = roundTrip(renew.process(primary)).value().toSlice();
        apply(renew, backup);

        assertThat(slice.epoch()).isNotEqualTo(epoch);
        assertThat(bytes(backup)).isEqualTo(bytes(primary));
        shard.state = shard.migrated();
        RenewProcessor again = roundTrip(new RenewProcessor(FINANCE, other, ROOMY));
        assertThat(roundTrip(again.process(primary)).value().toSlice().epoch()).isEqualTo(slice.epoch());
    }

    @Test
    void shouldTellTheBackupTheVersionWhenChangesAreAskedFor() {
        shard.commit(FINANCE, "a");
        Entry primary = new Entry(shard.state);
        Entry backup = new Entry(new ShardState(7));
        ChangesProcessor changes = roundTrip(new ChangesProcessor(ShardVersion.NONE, ROOMY));

        ShardChanges answer = roundTrip(changes.process(primary)).value();
        apply(changes, backup);

        assertThat(answer).isEqualTo(shard.state.changes(ShardVersion.NONE));
        assertThat(answer.heads()).containsOnlyKeys(FINANCE);
        assertThat(backup.getValue().value().version()).isEqualTo(answer.version());
    }

    @Test
    void shouldAnswerNothingOfNoShard() {
        Entry none = new Entry(null);
        ChangesProcessor changes = new ChangesProcessor(ShardVersion.NONE, ROOMY);

        assertThat(roundTrip(new VersionProcessor()).process(none).value()).isEqualTo(ShardVersion.NONE);
        assertThat(changes.process(none).value()).isEqualTo(new ShardChanges(ShardVersion.NONE, Map.of()));
        assertThat(changes.getBackupProcessor()).isNull();
        assertThat(new SweepProcessor(0, ROOMY).process(none)).isNull();
        assertThat(none.getValue()).isNull();
    }

    @Test
    void shouldSweepBothSidesWhenItTravels() {
        shard.append(FINANCE, 3);
        Entry primary = new Entry(shard.state);
        SweepProcessor sweep = roundTrip(new SweepProcessor(shard.now + 300_001, ROOMY));

        SweepReport report = roundTrip(sweep.process(primary)).value();

        assertThat(report.events()).isZero();
        assertThat(report.streams()).isEqualTo(1);
        assertThat(sweep.getBackupProcessor()).isSameAs(sweep);
    }

    @Test
    void shouldCarryARefusalWhenThereIsNoAnswer() {
        CommitReply refused = roundTrip(LogSerializerFactory.COMMIT_REPLY.of(CommitReply.refused("why")))
                .value();
        ReadReply limited = roundTrip(LogSerializerFactory.READ_REPLY.of(new ReadReply(null, "why")))
                .value();

        assertThatThrownBy(refused::toResult)
                .isInstanceOf(StaleCommitException.class)
                .hasMessage("why");
        assertThatThrownBy(limited::toSlice)
                .isInstanceOf(StreamLimitException.class)
                .hasMessage("why");
    }

    @Test
    void shouldSayWhatItDoesNotKnowWhenTheFormatIsNewer() {
        byte[] bytes = serialization
                .toData(LogSerializerFactory.SHARD_VERSION.of(ShardVersion.NONE))
                .toByteArray();
        // Partition hash, type id, "is identified", factory id, class id; then our format.
        bytes[4 + 4 + 1 + 4 + 4] = 2;

        assertThatThrownBy(() -> serialization.toObject(new HeapData(bytes)))
                .isInstanceOf(HazelcastSerializationException.class)
                .hasStackTraceContaining("format 2");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, -2, 1_000, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void shouldFailAsAStreamThatEndsWhenATextIsNotThere(int length) throws IOException {
        byte[] bytes = ByteBuffer.allocate(6)
                .put((byte) 1)
                .putInt(length)
                .put((byte) 'x')
                .array();
        BufferObjectDataInput in = serialization.createObjectDataInput(bytes, 1);

        assertThatThrownBy(() -> Reads.text(in)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 29, -1})
    void shouldRefuseToMakeWhatItDoesNotKnow(int classId) {
        LogSerializerFactory factory = new LogSerializerFactory();

        assertThatThrownBy(() -> factory.create(classId))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Integer.toString(classId));
    }

    private void apply(BarrierProcessor<?> processor, Entry backup) {
        roundTrip((ApplyProcessor) (Object) processor.getBackupProcessor()).process(backup);
    }

    private byte[] bytes(Entry entry) {
        return Replica.written(entry.getValue().value()::writeTo);
    }

    private <T extends Wire> T roundTrip(T value) {
        Data data = serialization.toData(value);
        return serialization.toObject(data);
    }

    /** An entry as Hazelcast hands it to a processor. */
    private static final class Entry implements Map.Entry<Integer, Wired<ShardState>> {
        private Wired<ShardState> value;

        Entry(ShardState state) {
            value = state == null ? null : LogSerializerFactory.SHARD_STATE.of(state);
        }

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

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.internal.serialization.impl.HeapData;
import com.hazelcast.map.EntryProcessor;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.AbstractMap.SimpleEntry;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What a member of the cluster does with the log, without a cluster: runs the real processors on the replicas that it has. Operations,
 * answers, backups and migrating shards travel as the bytes that Hazelcast would send; how, is the business of whoever simulates the
 * network. Not thread-safe.
 */
public final class LogMember {

    private static final InternalSerializationService SERIALIZATION = serialization();

    /** How null travels: the answer of a sweep that found no shard, a shard that does not exist yet. */
    private static final byte[] NOTHING = {};

    private final Map<Integer, Map.Entry<Integer, Wired<ShardState>>> replicas = new HashMap<>();
    private final InstantSource clock;
    private final RandomGenerator random;

    /** A member without any replica. */
    public LogMember(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** The way of an operation to the owner of a shard and of its answer back. */
    @FunctionalInterface
    public interface Carrier {

        /** Completes with the answer, or fails with what Hazelcast would fail with. */
        Future<byte[]> carry(int shard, byte[] operation);
    }

    /**
     * An operation that was run.
     *
     * @param reply what the caller gets
     * @param backup what the backups are to run before the caller gets it; empty if nothing
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Executed(byte[] reply, Optional<byte[]> backup) {}

    /** The product's log over the given network. */
    public static StreamLog log(LogOptions options, Carrier carrier) {
        return new HazelcastStreamLog(new Carried(carrier), options);
    }

    /** The operation by which an owner sweeps a shard. */
    public static byte[] sweep(long now, LogOptions options) {
        return bytes(new SweepProcessor(now, options.limits()));
    }

    /** Runs an operation as the owner of the shard. */
    public Executed execute(int shard, byte[] operation) {
        ShardProcessor<?> processor = read(operation);
        processor.runWith(clock, random);
        Wired<?> reply = processor.process(entry(shard));
        EntryProcessor<?, ?, ?> backup = processor.getBackupProcessor();
        return new Executed(bytes(reply), Optional.ofNullable(backup).map(LogMember::bytes));
    }

    /** Runs a backup operation of the shard's owner. */
    public void applyBackup(int shard, byte[] backup) {
        ShardProcessor<?> processor = read(backup);
        processor.runWith(clock, random);
        processor.process(entry(shard));
    }

    /** A replica as it migrates. */
    public byte[] copyOf(int shard) {
        return bytes(entry(shard).getValue());
    }

    /** Takes over a replica that migrated here. */
    public void put(int shard, byte[] copy) {
        Wired<ShardState> value = read(copy);
        entry(shard).setValue(value);
    }

    /** Forgets a replica. */
    public void drop(int shard) {
        replicas.remove(shard);
    }

    private Map.Entry<Integer, Wired<ShardState>> entry(int shard) {
        return replicas.computeIfAbsent(shard, number -> new SimpleEntry<>(number, null));
    }

    private static byte[] bytes(Object object) {
        return object == null ? NOTHING : SERIALIZATION.toBytes(object);
    }

    private static <T> T read(byte[] bytes) {
        return bytes.length == 0 ? null : SERIALIZATION.toObject(new HeapData(bytes));
    }

    private static InternalSerializationService serialization() {
        SerializationConfig config = new SerializationConfig();
        LogSerializerFactory.register(config);
        return new DefaultSerializationServiceBuilder().setConfig(config).build();
    }

    private record Carried(Carrier carrier) implements HazelcastStreamLog.Operations {

        @Override
        public <R> Future<Optional<R>> submit(int shard, ShardProcessor<R> processor) {
            return carrier.carry(shard, bytes(processor))
                    .recover(failure -> Future.failedFuture(LogFailures.unavailable(failure)))
                    .map(reply ->
                            Optional.ofNullable(LogMember.<Wired<R>>read(reply)).map(Wired::value));
        }
    }
}

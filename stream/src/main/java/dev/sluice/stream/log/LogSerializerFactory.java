// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.nio.serialization.DataSerializableFactory;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import dev.sluice.stream.log.Wired.Kind;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Makes the objects by which the members of a cluster talk about the log. Every member needs it, those that keep no
 * data, too: call {@link #register} before the Hazelcast instance is made. The ids never change.
 */
public final class LogSerializerFactory implements DataSerializableFactory {

    /** The id of this factory, unique in the cluster. */
    public static final int FACTORY_ID = 7361;

    static final int COMMIT = 20;
    static final int READ = 21;
    static final int VERSION = 22;
    static final int CHANGES = 23;
    static final int SWEEP = 24;
    static final int APPLY = 25;
    static final int RENEW = 26;
    static final int NEWEST_SHARD = 27;
    static final int LOSS_QUESTION = 28;

    static final Kind<ShardState> SHARD_STATE = new Kind<>(1, ShardState::writeTo, ShardState::readFrom);
    static final Kind<CommitReply> COMMIT_REPLY = new Kind<>(2, CommitReply::writeTo, CommitReply::readFrom);
    static final Kind<ReadReply> READ_REPLY = new Kind<>(3, ReadReply::writeTo, ReadReply::readFrom);
    static final Kind<ShardVersion> SHARD_VERSION = new Kind<>(4, VersionFormat::write, VersionFormat::read);
    static final Kind<ShardChanges> SHARD_CHANGES =
            new Kind<>(5, VersionFormat::writeChanges, VersionFormat::readChanges);
    static final Kind<SweepReport> SWEEP_REPORT = new Kind<>(6, SweepReport::writeTo, SweepReport::readFrom);

    private static final Map<Integer, Supplier<Wire>> VALUES =
            List.of(SHARD_STATE, COMMIT_REPLY, READ_REPLY, SHARD_VERSION, SHARD_CHANGES, SWEEP_REPORT).stream()
                    .collect(Collectors.toMap(Kind::classId, LogSerializerFactory::empty));

    /** Makes this factory known. */
    public static void register(SerializationConfig config) {
        config.addDataSerializableFactory(FACTORY_ID, new LogSerializerFactory());
    }

    @Override
    public IdentifiedDataSerializable create(int classId) {
        return switch (classId) {
            case COMMIT -> new CommitProcessor();
            case READ -> new ReadProcessor();
            case VERSION -> new VersionProcessor();
            case CHANGES -> new ChangesProcessor();
            case SWEEP -> new SweepProcessor();
            case APPLY -> new ApplyProcessor();
            case RENEW -> new RenewProcessor();
            case NEWEST_SHARD -> new NewestShard();
            case LOSS_QUESTION -> new LossQuestion();
            default -> value(classId);
        };
    }

    private static Wire value(int classId) {
        Supplier<Wire> supplier = VALUES.get(classId);
        if (supplier == null) {
            throw new IllegalArgumentException("class " + classId + " of the log is not known to this release");
        }
        return supplier.get();
    }

    private static <T> Supplier<Wire> empty(Kind<T> kind) {
        return () -> kind.of(null);
    }
}

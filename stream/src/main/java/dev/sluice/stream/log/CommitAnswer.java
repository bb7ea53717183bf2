// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.Position;
import dev.sluice.stream.Receipt;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The answer to a commit in the compact form in which it travels and is remembered for a retry: for each event the
 * index of its epoch and its seq, negative when the event was a duplicate, 0 when it was refused. Immutable.
 */
final class CommitAnswer {

    private static final int OVERHEAD_BYTES = 128;
    private static final int EPOCH_BYTES = 64;

    private final long fingerprint;
    private final ShardVersion version;
    private final long timestamp;
    private final String[] epochs;
    private final short[] epochOf;
    private final long[] seqs;

    private CommitAnswer(
            long fingerprint, ShardVersion version, long timestamp, String[] epochs, short[] epochOf, long[] seqs) {
        this.fingerprint = fingerprint;
        this.version = version;
        this.timestamp = timestamp;
        this.epochs = epochs;
        this.epochOf = epochOf;
        this.seqs = seqs;
    }

    /** Whether this is the answer to these events. */
    boolean answers(CommitRequest request) {
        return fingerprint == request.fingerprint();
    }

    long timestamp() {
        return timestamp;
    }

    ShardVersion version() {
        return version;
    }

    /** How many events the commit had. */
    int size() {
        return seqs.length;
    }

    /** Whether the event has a position: as a new one or as a duplicate. */
    boolean isAccepted(int index) {
        return seqs[index] != 0;
    }

    boolean isAdded(int index) {
        return seqs[index] > 0;
    }

    long seq(int index) {
        return Math.abs(seqs[index]);
    }

    String epoch(int index) {
        return epochs[epochOf[index]];
    }

    long bytes() {
        return OVERHEAD_BYTES + (long) EPOCH_BYTES * epochs.length + (Short.BYTES + Long.BYTES) * (long) seqs.length;
    }

    CommitResult toResult() {
        List<Optional<Receipt>> receipts = new ArrayList<>(seqs.length);
        for (int i = 0; i < seqs.length; i++) {
            receipts.add(
                    isAccepted(i)
                            ? Optional.of(new Receipt(new Position(epoch(i), seq(i)), !isAdded(i)))
                            : Optional.empty());
        }
        return new CommitResult(version, timestamp, receipts);
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeLong(fingerprint);
        out.writeLong(version.incarnation());
        out.writeLong(version.number());
        out.writeLong(timestamp);
        out.writeInt(epochs.length);
        for (String epoch : epochs) {
            out.writeUTF(epoch);
        }
        out.writeInt(seqs.length);
        for (int i = 0; i < seqs.length; i++) {
            out.writeShort(epochOf[i]);
            out.writeLong(seqs[i]);
        }
    }

    static CommitAnswer readFrom(DataInput in) throws IOException {
        long fingerprint = in.readLong();
        ShardVersion version = new ShardVersion(in.readLong(), in.readLong());
        long timestamp = in.readLong();
        String[] epochs = new String[Reads.count(in, Commit.MAX_EVENTS)];
        for (int i = 0; i < epochs.length; i++) {
            epochs[i] = Reads.epoch(in);
        }
        int count = Reads.count(in, Commit.MAX_EVENTS);
        short[] epochOf = new short[count];
        long[] seqs = new long[count];
        for (int i = 0; i < count; i++) {
            epochOf[i] = in.readShort();
            seqs[i] = in.readLong();
            if (Math.abs(seqs[i]) > Position.MAX_SEQ || seqs[i] == Long.MIN_VALUE) {
                throw new IOException("there is no seq " + seqs[i]);
            }
            if (seqs[i] != 0 && (epochOf[i] < 0 || epochOf[i] >= epochs.length)) {
                throw new IOException("there is no epoch " + epochOf[i] + " in this answer");
            }
        }
        return new CommitAnswer(fingerprint, version, timestamp, epochs, epochOf, seqs);
    }

    /** Collects the answer, event by event until there is one for each. */
    static final class Builder {
        private final long fingerprint;
        private final Map<String, Short> epochs = new LinkedHashMap<>();
        private final short[] epochOf;
        private final long[] seqs;
        private int count;

        Builder(CommitRequest request) {
            fingerprint = request.fingerprint();
            epochOf = new short[request.entries().size()];
            seqs = new long[request.entries().size()];
        }

        void added(String epoch, long seq) {
            next(epoch, seq);
        }

        void duplicate(String epoch, long seq) {
            next(epoch, -seq);
        }

        void refused() {
            seqs[count++] = 0;
        }

        CommitAnswer build(ShardVersion version, long timestamp) {
            return new CommitAnswer(
                    fingerprint, version, timestamp, epochs.keySet().toArray(String[]::new), epochOf, seqs);
        }

        private void next(String epoch, long codedSeq) {
            Short known = epochs.get(epoch);
            if (known == null) {
                known = (short) epochs.size();
                epochs.put(epoch, known);
            }
            epochOf[count] = known;
            seqs[count++] = codedSeq;
        }
    }
}

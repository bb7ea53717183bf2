// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.EventParser;
import dev.sluice.stream.Position;
import java.io.DataInput;
import java.io.IOException;

/**
 * Reads the parts of which the log's formats are made. Members trust each other's words, not each other's bytes: a count that is wrong
 * must not make a member allocate gigabytes, for Hazelcast takes a member that runs out of memory out of the cluster.
 */
final class Reads {

    /** Lists grow from here as their elements really come. */
    private static final int INITIAL_CAPACITY = 1_024;

    private Reads() {}

    /** How many of something follow. */
    static int count(DataInput in) throws IOException {
        return count(in, Integer.MAX_VALUE);
    }

    /** How many of something follow, of which there are never more than so many. */
    static int count(DataInput in, int max) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > max) {
            throw new IOException("there cannot be " + count);
        }
        return count;
    }

    /** With room for so many, as far as they can be believed. */
    static int capacity(int count) {
        return Math.min(count, INITIAL_CAPACITY);
    }

    /** The JSON of an event, with its length before it. */
    static byte[] json(DataInput in) throws IOException {
        byte[] json = new byte[count(in, EventParser.MAX_EVENT_BYTES)];
        in.readFully(json);
        return json;
    }

    static String text(DataInput in) throws IOException {
        try {
            String text = in.readUTF();
            if (text == null) { // as Hazelcast's input may say
                throw new IOException("a text is missing");
            }
            return text;
        } catch (IndexOutOfBoundsException e) {
            throw new IOException("a text is announced that is not there", e);
        }
    }

    static String epoch(DataInput in) throws IOException {
        String epoch = text(in);
        if (!Position.isEpoch(epoch)) {
            throw new IOException("an epoch of characters that no epoch has");
        }
        return epoch;
    }

    /** A seq, 0 included. */
    static long seq(DataInput in) throws IOException {
        long seq = in.readLong();
        if (seq < 0 || seq > Position.MAX_SEQ) {
            throw new IOException("there is no seq " + seq);
        }
        return seq;
    }

    /** Where a range of seqs begins that may be empty: 1 to one more than the largest. */
    static long firstSeq(DataInput in) throws IOException {
        long seq = in.readLong();
        if (seq < 1 || seq > Position.MAX_SEQ + 1) {
            throw new IOException("nothing begins at seq " + seq);
        }
        return seq;
    }
}

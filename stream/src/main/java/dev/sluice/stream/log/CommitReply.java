// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What the shard says to a commit: an answer, or a refusal. Refusals are values, for an exception would travel as a
 * Java-serialised object, which the deserialisation filter need not let pass.
 *
 * @param answer null when refused
 * @param refusal null when answered; safe to show
 */
record CommitReply(CommitAnswer answer, String refusal) {

    static CommitReply of(CommitAnswer answer) {
        return new CommitReply(answer, null);
    }

    static CommitReply refused(String why) {
        return new CommitReply(null, why);
    }

    /**
     * The answer.
     *
     * @throws StaleCommitException if the commit was refused
     */
    CommitResult toResult() {
        if (answer == null) {
            throw new StaleCommitException(refusal);
        }
        return answer.toResult();
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeBoolean(answer != null);
        if (answer != null) {
            answer.writeTo(out);
        } else {
            out.writeUTF(refusal);
        }
    }

    static CommitReply readFrom(DataInput in) throws IOException {
        return in.readBoolean() ? of(CommitAnswer.readFrom(in)) : refused(Reads.text(in));
    }
}

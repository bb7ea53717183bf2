// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import java.time.Duration;
import java.util.Optional;

/**
 * Judges from one look at the cluster after the other whether a node may still believe what it knows. Pure; confined to whoever looks.
 *
 * <p>A node that was cut off, stopped for longer than the others wait for a sign of life, or has joined another part of the cluster is in
 * doubt: what it holds may be old, and must be compared with the log before it is served as current.
 */
public final class ClusterStanding {

    private final Duration pauseLimit;
    private ClusterSight last;

    /** Why a node may not believe what it knows. */
    public enum Doubt {
        /** Fewer nodes are together than the quorum asks for. */
        NO_QUORUM("no quorum"),
        /** The process was stopped for so long that the others may have given it up. */
        PAUSED("was paused"),
        /** It gave up its part of the cluster for another one. */
        MERGED("joined another part of the cluster");

        private final String text;

        Doubt(String text) {
            this.text = text;
        }

        /** In words that are safe to show. */
        public String text() {
            return text;
        }
    }

    /**
     * What a look tells.
     *
     * @param doubt why nothing may be believed; the gravest reason if there are several
     * @param changed whether members came or went since the look before
     */
    public record Verdict(Optional<Doubt> doubt, boolean changed) {}

    /** With the longest time between two looks that is no pause. */
    public ClusterStanding(Duration pauseLimit) {
        this.pauseLimit = pauseLimit;
    }

    /** Judges the next look. */
    public Verdict judge(ClusterSight sight) {
        ClusterSight before = last == null ? sight : last;
        last = sight;
        boolean changed = !sight.members().equals(before.members());
        if (!sight.quorum()) {
            return new Verdict(Optional.of(Doubt.NO_QUORUM), changed);
        }
        if (!sight.self().equals(before.self())) {
            return new Verdict(Optional.of(Doubt.MERGED), true);
        }
        boolean paused = sight.nanos() - before.nanos() > pauseLimit.toNanos();
        return new Verdict(paused ? Optional.of(Doubt.PAUSED) : Optional.empty(), changed);
    }
}

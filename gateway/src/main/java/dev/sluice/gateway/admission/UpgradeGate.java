// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.admission;

import dev.sluice.gateway.ops.GatewayMetrics;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** Whether this node takes one more session now. Thread-safe. */
public final class UpgradeGate {

    private static final int MIN_RETRY_SECONDS = 1;
    private static final int MAX_RETRY_SECONDS = 5;

    private static final List<ProblemType> REASONS = List.of(
            ProblemType.DRAINING, ProblemType.CUT_OFF, ProblemType.OVERLOADED, ProblemType.TOO_MANY_CONNECTIONS);

    private final Room room;
    private final ConnectRate rate;
    private final LongSupplier clock;
    private final GatewayMetrics metrics;
    private final RandomGenerator random;
    private volatile boolean draining;
    private volatile boolean cutOff;

    /** How full the node is. */
    public interface Room {

        /** Whether there is room for one more session, which has not said yet who it is. */
        boolean forOneMore();

        /** Whether there is room for one more from an address. */
        boolean forAddress(String address);
    }

    /**
     * A gate that is open while there is room, connections do not come too fast, and the node is not draining.
     *
     * @param clock milliseconds; does not go back
     */
    public UpgradeGate(
            Room room, AdmissionOptions options, LongSupplier clock, GatewayMetrics metrics, RandomGenerator random) {
        this.room = room;
        this.rate = new ConnectRate(options, random, clock.getAsLong());
        this.clock = clock;
        this.metrics = metrics;
        this.random = random;
        REASONS.forEach(reason -> metrics.refused(reason.code(), 0));
    }

    /**
     * The refusal, or empty when the session may come.
     *
     * @param address from where, if that counts
     */
    public Optional<Problem> check(Optional<String> address) {
        if (draining) {
            return Optional.of(later(ProblemType.DRAINING, "this node is being stopped; another one will take you"));
        }
        if (cutOff) {
            return Optional.of(later(ProblemType.CUT_OFF, "this node has lost the others; one of them will take you"));
        }
        if (!room.forOneMore()) {
            return Optional.of(later(ProblemType.OVERLOADED, "this node has as many sessions as it may have"));
        }
        if (address.isPresent() && !room.forAddress(address.get())) {
            return Optional.of(later(
                    ProblemType.TOO_MANY_CONNECTIONS,
                    "your address has as many connections to this node as it may have"));
        }
        // The last check, for it uses up what it grants.
        OptionalLong retryAfterMs = rate.take(clock.getAsLong());
        return retryAfterMs.isEmpty()
                ? Optional.empty()
                : Optional.of(Problem.of(ProblemType.OVERLOADED, "connections come faster than this node takes them")
                        .withRetryAfter(Duration.ofMillis(retryAfterMs.getAsLong())));
    }

    /** Spread out, so that those who were refused together do not come back together. */
    private Problem later(ProblemType type, String detail) {
        int seconds = random.nextInt(MIN_RETRY_SECONDS, MAX_RETRY_SECONDS + 1);
        return Problem.of(type, detail).withStatus(503).withRetryAfter(Duration.ofSeconds(seconds));
    }

    /** Counts a refusal. */
    public void refused(String code) {
        metrics.refused(code, 1);
    }

    /** Takes no more sessions from now on. */
    public void drain() {
        draining = true;
    }

    /** Takes no sessions while the node is cut off from the others. */
    public void cutOff(boolean isCutOff) {
        cutOff = isCutOff;
    }

    /** Whether the node is being emptied. */
    public boolean isDraining() {
        return draining;
    }
}

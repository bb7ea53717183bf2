// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.admission;

import dev.sluice.gateway.ops.GatewayMetrics;
import dev.sluice.stream.http.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** Whether this node takes one more session now. Any thread. */
public final class UpgradeGate {

    private static final int MIN_RETRY_SECONDS = 1;
    private static final int MAX_RETRY_SECONDS = 5;

    private final BooleanSupplier hasRoom;
    private final GatewayMetrics metrics;
    private final RandomGenerator random;
    private volatile boolean draining;
    private volatile boolean cutOff;

    /** A gate that is open while there is room and the node is not draining. */
    public UpgradeGate(BooleanSupplier hasRoom, GatewayMetrics metrics, RandomGenerator random) {
        this.hasRoom = hasRoom;
        this.metrics = metrics;
        this.random = random;
    }

    /** The refusal, or empty when the session may come. */
    public Optional<Problem> check() {
        if (draining) {
            return Optional.of(later("draining", "this node is being stopped; another one will take you"));
        }
        if (cutOff) {
            return Optional.of(later("cut_off", "this node has lost the others; one of them will take you"));
        }
        return hasRoom.getAsBoolean()
                ? Optional.empty()
                : Optional.of(later("overloaded", "this node has as many sessions as it may have"));
    }

    /** Spread out, so that those who were refused together do not come back together. */
    private Problem later(String code, String detail) {
        int seconds = random.nextInt(MIN_RETRY_SECONDS, MAX_RETRY_SECONDS + 1);
        return Problem.of(503, code, detail).withRetryAfter(Duration.ofSeconds(seconds));
    }

    /** Counts a refusal. */
    public void refused(String code) {
        metrics.refused(code);
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

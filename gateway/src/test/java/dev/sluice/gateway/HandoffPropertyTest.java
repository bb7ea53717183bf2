// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import dev.sluice.gateway.simulation.Chaos;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * From history to live, where products lose events: whatever the interleaving of commits, lost, doubled and overtaken pushes, slow answers
 * and clients that come and go, every session gets the same sequence, each event once and in order (P1, P2), or is told of what it does
 * not get (P3), on whatever loop and however often it comes back (P6).
 */
class HandoffPropertyTest {

    private static final int TRIES = 1_000;

    @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void shouldGiveEverySessionEveryEventOnceAndInOrderWhateverHappensToPushes(@ForAll long seed) {
        new Chaos(seed, true).run(250);
    }

    @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void shouldTellOfEveryEventThatASessionDoesNotGetWhenTheLogItselfLosesSome(@ForAll long seed) {
        new Chaos(seed, false).run(250);
    }
}

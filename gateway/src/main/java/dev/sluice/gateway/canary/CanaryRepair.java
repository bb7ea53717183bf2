// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.canary;

/** The repairs of one registration: each in vain asks for twice the evidence before the next. Not thread-safe. */
final class CanaryRepair {

    /** So many probes in a row must be missing before the first repair. */
    static final int EVIDENCE = 2;

    private static final int RAREST = 5;

    private int repairs;

    /** How many missing probes in a row are asked for now. */
    int evidence() {
        return EVIDENCE << Math.min(repairs, RAREST);
    }

    /** One more. */
    void repaired() {
        repairs++;
    }

    /** How many there were since it last worked. */
    int count() {
        return repairs;
    }
}

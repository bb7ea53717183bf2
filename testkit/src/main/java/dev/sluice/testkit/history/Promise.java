// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.history;

/** A promise of PROTOCOL section 2. P8 is about memory, of which a history says nothing. */
public enum Promise {
    /** Order. */
    P1("order"),
    /** No duplicates. */
    P2("no duplicates"),
    /** No silent loss. */
    P3("no silent loss"),
    /** Acknowledged means kept. */
    P4("acknowledged means kept"),
    /** Idempotent publish: one id has one position, and one position has one id. */
    P5("one id, one position"),
    /** Any node honours any cursor. */
    P6("any node"),
    /** Isolation. */
    P7("isolation");

    private final String words;

    Promise(String words) {
        this.words = words;
    }

    /** What is promised, in a few words. */
    public String words() {
        return words;
    }
}

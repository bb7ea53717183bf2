// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.history;

import java.util.List;

/**
 * A promise that was not kept.
 *
 * @param promise which one
 * @param words what was seen
 * @param around the entries that show it: of that stream and subscriber near it, and of that event
 */
public record Violation(Promise promise, String words, List<Entry> around) {

    /** Copies. */
    public Violation {
        around = List.copyOf(around);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder()
                .append(promise)
                .append(" (")
                .append(promise.words())
                .append("): ")
                .append(words);
        around.forEach(entry -> text.append("\n    ").append(entry));
        return text.toString();
    }
}

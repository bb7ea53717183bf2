// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.history;

import java.util.ArrayList;
import java.util.List;

/** What happened, in one order. Thread-safe; whoever appends two entries one after the other finds them in that order. */
public final class History {

    private final List<Entry> entries = new ArrayList<>();

    /** Writes one entry down. */
    public synchronized void append(Entry entry) {
        entries.add(entry);
    }

    /** All entries so far. */
    public synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** How many entries there are so far. */
    public synchronized int size() {
        return entries.size();
    }
}

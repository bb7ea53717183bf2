// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.history;

/** What makes two events the same: CloudEvents source and id. */
record EventKey(String source, String id) {

    static EventKey of(Entry.OfPublisher entry) {
        return new EventKey(entry.source(), entry.id());
    }

    static EventKey of(Entry.Delivered entry) {
        return new EventKey(entry.source(), entry.id());
    }

    @Override
    public String toString() {
        return "'" + id + "' of " + source;
    }
}

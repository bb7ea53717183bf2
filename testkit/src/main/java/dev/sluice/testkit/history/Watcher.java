// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.history;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;

/** One subscriber: its current connection and its streams. */
final class Watcher {

    private final String name;
    private final Map<String, Continuity> streams = new LinkedHashMap<>();
    private long connection;
    private boolean open;
    private String org;
    private String node;
    private String nodeBefore;

    Watcher(String name) {
        this.name = name;
    }

    void connected(Entry.Connected entry) {
        if (org != null && !org.equals(entry.org())) {
            throw new IllegalArgumentException(name + " was of org " + org + " and is of " + entry.org());
        }
        detach();
        open = true;
        connection = entry.connection();
        org = entry.org();
        nodeBefore = node;
        node = entry.node();
    }

    void closed() {
        detach();
        open = false;
    }

    private void detach() {
        streams.values().forEach(Continuity::detach);
    }

    void reportHoles() {
        streams.values().forEach(Continuity::reportHoles);
    }

    boolean isCurrent(long asked) {
        return open && connection == asked;
    }

    boolean cameFromAnotherNode() {
        return nodeBefore != null && !nodeBefore.equals(node);
    }

    /** Whether its connection is open and all its services are subscribed. */
    boolean isAttached() {
        return open && !streams.isEmpty() && streams.values().stream().allMatch(Continuity::isAttached);
    }

    Collection<Continuity> streams() {
        return streams.values();
    }

    Continuity stream(String service, BiFunction<String, String, StreamBook> books, Findings findings) {
        return streams.computeIfAbsent(service, named -> {
            StreamBook book = books.apply(org, named);
            return new Continuity(book.stream(), name, findings, book);
        });
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.history;

import dev.sluice.stream.StreamKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What was tried to publish, and what became of it: nothing foreign, nothing refused and nothing made up is delivered (P4, P5, P7). */
final class Publishes {

    private final Findings findings;
    private final Map<EventKey, Map<StreamKey, Publish>> tried = new HashMap<>();
    private final Set<String> sources = new HashSet<>();

    Publishes(Findings findings) {
        this.findings = findings;
    }

    void attempted(Entry.Attempted entry, int index) {
        sources.add(entry.source());
        Publish publish = of(entry);
        publish.attempts++;
        publish.lastAttempt = index;
        if (publish.firstAttempt < 0) {
            publish.firstAttempt = index;
        }
    }

    void refused(Entry.Refused entry) {
        of(entry).refused++;
    }

    /** Notes it and returns the publish, with the index of its attempts (-1: none was written down). */
    Publish acknowledged(Entry.Acknowledged entry) {
        Publish publish = of(entry);
        publish.acknowledgements++;
        return publish;
    }

    private Publish of(Entry.OfPublisher entry) {
        return tried.computeIfAbsent(EventKey.of(entry), key -> new LinkedHashMap<>(2))
                .computeIfAbsent(new StreamKey(entry.org(), entry.service()), key -> new Publish());
    }

    void delivered(Entry.Delivered entry, StreamKey stream, int index) {
        EventKey event = EventKey.of(entry);
        Map<StreamKey, Publish> wherever = tried.getOrDefault(event, Map.of());
        Publish publish = wherever.get(stream);
        String who = entry.subscriber() + ": ";
        if (entry.org() != null && !entry.org().equals(stream.org())) {
            found(Promise.P7, index, stream, entry, who + "got " + event + ", an event of org " + entry.org());
        } else if (publish != null) {
            publish.deliveredAt = index;
        } else if (wherever.keySet().stream().anyMatch(other -> !other.org().equals(stream.org()))) {
            found(Promise.P7, index, stream, entry, who + "got " + event + ", published to " + wherever.keySet());
        } else if (!wherever.isEmpty()) {
            found(Promise.P5, index, stream, entry, who + "got " + event + ", published to " + wherever.keySet());
        } else if (sources.contains(entry.source())) {
            found(Promise.P5, index, stream, entry, who + "got " + event + ", which nobody has published");
        }
    }

    private void found(Promise promise, int index, StreamKey stream, Entry.Delivered entry, String words) {
        findings.add(promise, index, stream, entry.subscriber(), EventKey.of(entry), words);
    }

    /** Nothing of a refused request is published (PROTOCOL section 6). */
    void judge() {
        tried.forEach((event, streams) -> streams.forEach((stream, publish) -> {
            boolean onlyRefused = publish.refused > 0 && publish.refused == publish.attempts;
            if (onlyRefused && publish.acknowledgements == 0 && publish.deliveredAt >= 0) {
                findings.add(
                        Promise.P4, publish.deliveredAt, stream, null, event, event + " was refused, yet delivered");
            }
        }));
    }

    long acknowledgedEvents() {
        return tried.values().stream()
                .flatMap(streams -> streams.values().stream())
                .filter(publish -> publish.acknowledgements > 0)
                .count();
    }

    /** One event for one stream. */
    static final class Publish {
        private int attempts;
        private int refused;
        private int acknowledgements;
        private int firstAttempt = -1;
        private int lastAttempt = -1;
        private int deliveredAt = -1;

        int firstAttempt() {
            return firstAttempt;
        }

        int lastAttempt() {
            return lastAttempt;
        }

        int acknowledgements() {
            return acknowledgements;
        }
    }
}

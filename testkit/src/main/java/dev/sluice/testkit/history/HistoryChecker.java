// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.history;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges a whole {@link History} by the promises P1 to P7. One pass and a sort: a million entries take seconds.
 *
 * <p>Entries of a connection that is over, or was overtaken by a newer one of the same subscriber, are counted ({@code late}) and
 * otherwise ignored: what is between a socket and its reader is nobody's promise. Where a subscriber begins is its own choice, too: a
 * cursor that it gives is taken as what it has seen.
 */
public final class HistoryChecker {

    /** What the cluster may lose. */
    public enum Allowance {
        /** Whatever it announces: more was done to the cluster than its backups bear, or that is not known. */
        ANNOUNCED_LOSS,
        /** Nothing: an epoch with acknowledged events that is gone, and a gap over acknowledged events, violate P4. */
        NO_LOSS
    }

    private static final int MISSING_SHOWN = 5;

    private final Findings findings;
    private final Publishes publishes;
    private final Allowance allowance;
    private final List<Entry> entries;
    private final Map<StreamKey, StreamBook> books = new LinkedHashMap<>();
    private final Map<String, Watcher> watchers = new LinkedHashMap<>();
    private final Map<String, Long> counts = new HashMap<>();
    private final RecoveryTimes recoveries = new RecoveryTimes();
    private boolean ended;

    private HistoryChecker(List<Entry> entries, Allowance allowance) {
        this.entries = entries;
        this.allowance = allowance;
        this.findings = new Findings(entries);
        this.publishes = new Publishes(findings);
    }

    /** Checks a history in which loss is allowed if it is announced. */
    public static Report check(History history) {
        return check(history, Allowance.ANNOUNCED_LOSS);
    }

    /** Checks a history. */
    public static Report check(History history, Allowance allowance) {
        return new HistoryChecker(history.entries(), allowance).run();
    }

    private Report run() {
        for (int i = 0; i < entries.size(); i++) {
            take(entries.get(i), i);
        }
        watchers.values().forEach(Watcher::reportHoles);
        publishes.judge();
        if (ended) {
            watchers.values().forEach(watcher -> watcher.streams().forEach(this::judgeCompleteness));
        }
        if (allowance == Allowance.NO_LOSS) {
            books.values().forEach(this::judgeEpochs);
        }
        count("acknowledgedEvents", publishes.acknowledgedEvents());
        count("subscribers", watchers.size());
        count(
                "subscribersAttachedAtEnd",
                watchers.values().stream().filter(Watcher::isAttached).count());
        count("streams", books.size());
        count("epochs", books.values().stream().mapToLong(StreamBook::epochs).sum());
        return new Report(counts, findings.counts(), findings.violations(), recoveries.all(), ended);
    }

    private void take(Entry entry, int index) {
        if (entry instanceof Entry.OfSubscriber seen) {
            takeSeen(seen, index);
        } else if (entry instanceof Entry.OfPublisher published) {
            takePublished(published, index);
        } else if (entry instanceof Entry.NotConnected) {
            count("notConnected", 1);
        } else if (entry instanceof Entry.Fault fault) {
            count("faults", 1);
            recoveries.fault(fault);
        } else if (entry instanceof Entry.Healed healed) {
            recoveries.healed(healed);
        } else if (entry instanceof Entry.Ended) {
            ended = true;
        }
    }

    private void takePublished(Entry.OfPublisher entry, int index) {
        if (entry instanceof Entry.Attempted attempted) {
            count("attempts", 1);
            publishes.attempted(attempted, index);
        } else if (entry instanceof Entry.Acknowledged acknowledged) {
            count("acknowledgements", 1);
            count("duplicates", acknowledged.duplicate() ? 1 : 0);
            Publishes.Publish publish = publishes.acknowledged(acknowledged);
            int attempt = publish.lastAttempt() < 0 ? index : publish.lastAttempt();
            int firstAttempt = publish.firstAttempt() < 0 ? index : publish.firstAttempt();
            book(entry.org(), entry.service()).acknowledged(acknowledged, index, attempt, firstAttempt);
            if (publish.firstAttempt() >= 0 && publish.acknowledgements() == 1) {
                recoveries.waited(entries.get(publish.firstAttempt()).atMs(), entry.atMs());
            }
        } else if (entry instanceof Entry.Refused refused) {
            count("refused", 1);
            publishes.refused(refused);
        } else {
            count("unknown", 1);
        }
    }

    private void takeSeen(Entry.OfSubscriber entry, int index) {
        if (entry instanceof Entry.Connected connected) {
            count("connections", 1);
            watchers.computeIfAbsent(connected.subscriber(), Watcher::new).connected(connected);
            return;
        }
        Watcher watcher = watchers.get(entry.subscriber());
        if (watcher == null || !watcher.isCurrent(entry.connection())) {
            count("late", 1);
            return;
        }
        if (entry instanceof Entry.Closed closed) {
            count("closed " + closed.code(), 1);
            recoveries.closed(closed);
            watcher.closed();
        } else if (entry instanceof Entry.Subscribed subscribed) {
            subscribed(watcher, subscribed, index);
        } else if (entry instanceof Entry.Delivered delivered) {
            delivered(watcher, delivered, index);
        } else if (entry instanceof Entry.Gap gap) {
            gap(watcher, gap, index);
        }
    }

    private void subscribed(Watcher watcher, Entry.Subscribed entry, int index) {
        recoveries.subscribed(entry);
        if (Boolean.TRUE.equals(entry.recovered())) {
            count("resumed", 1);
            count("resumedOnAnotherNode", watcher.cameFromAnotherNode() ? 1 : 0);
        }
        Continuity continuity = watcher.stream(entry.service(), this::book, findings);
        continuity.subscribed(entry, index);
        if (Boolean.FALSE.equals(entry.recovered()) && entry.cursor() != null) {
            count("notRecovered " + entry.reason(), 1);
            if (entry.cursor().epoch().equals(entry.epoch())) {
                judgeLoss(continuity, entry.cursor().seq() + 1, entry.seq(), index);
            }
        }
    }

    private void delivered(Watcher watcher, Entry.Delivered entry, int index) {
        count("deliveries", 1);
        Continuity continuity = watcher.stream(entry.service(), this::book, findings);
        continuity.delivered(entry, index);
        StreamBook book = continuity.book();
        book.delivered(entry, index);
        publishes.delivered(entry, book.stream(), index);
        int acknowledged = book.acknowledgedAt(entry.epoch(), entry.seq());
        if (acknowledged >= 0) {
            long available = Math.max(entries.get(acknowledged).atMs(), continuity.attachedAtMs());
            recoveries.waited(available, entry.atMs());
        }
    }

    private void gap(Watcher watcher, Entry.Gap entry, int index) {
        count("gaps " + entry.reason(), 1);
        Continuity continuity = watcher.stream(entry.service(), this::book, findings);
        continuity.gap(entry, index);
        judgeLoss(continuity, entry.from(), entry.to(), index);
    }

    /** Whether events that were just announced as lost had been acknowledged, where none may be lost. */
    private void judgeLoss(Continuity continuity, long from, long to, int index) {
        if (allowance == Allowance.ANNOUNCED_LOSS) {
            return;
        }
        String epoch = continuity.position().epoch();
        List<Long> lost = continuity.book().acknowledgedIn(epoch, from, to);
        if (!lost.isEmpty()) {
            findings.add(
                    Promise.P4,
                    index,
                    continuity.book().stream(),
                    continuity.subscriber(),
                    continuity.book().eventAt(epoch, lost.get(0)),
                    continuity.subscriber() + ": " + lost.size() + " acknowledged events were announced as lost, from "
                            + epoch + ":" + lost.get(0));
        }
    }

    private void judgeEpochs(StreamBook book) {
        for (String epoch : book.acknowledgedAndGone()) {
            List<Long> lost = book.acknowledgedIn(epoch, 1, Position.MAX_SEQ);
            EventKey first = book.eventAt(epoch, lost.get(0));
            int acknowledged = book.acknowledgedAt(epoch, lost.get(0));
            String words = "epoch " + epoch + " with " + lost.size() + " acknowledged events is gone";
            findings.add(Promise.P4, acknowledged, book.stream(), null, first, words);
        }
    }

    /** Everything before a subscriber's position was delivered or announced; is there anything acknowledged after it? */
    private void judgeCompleteness(Continuity continuity) {
        if (!continuity.isAttached()) {
            return;
        }
        StreamBook book = continuity.book();
        Position position = continuity.position();
        List<Long> missing = book.acknowledgedIn(position.epoch(), position.seq() + 1, Position.MAX_SEQ);
        if (!missing.isEmpty()) {
            missing(
                    continuity,
                    book.eventAt(position.epoch(), missing.get(0)),
                    missing.size() + " acknowledged events never came, among them "
                            + missing.subList(0, Math.min(MISSING_SHOWN, missing.size())));
        }
        for (String epoch : book.acknowledgedAfter(position.epoch())) {
            missing(continuity, null, "epoch " + epoch + " has acknowledged events, and nothing said that it began");
        }
    }

    private void missing(Continuity continuity, EventKey event, String words) {
        findings.add(
                Promise.P3,
                continuity.lastIndex(),
                continuity.book().stream(),
                continuity.subscriber(),
                event,
                continuity.subscriber() + " at " + continuity.position() + ": " + words);
    }

    private StreamBook book(String org, String service) {
        return books.computeIfAbsent(new StreamKey(org, service), stream -> new StreamBook(stream, findings));
    }

    private void count(String name, long more) {
        counts.merge(name, more, Long::sum);
    }
}

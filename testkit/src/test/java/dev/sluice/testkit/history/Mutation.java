// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.history;

import dev.sluice.stream.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** What a broken cluster could have done to a correct history, and the promise that it breaks. */
@SuppressWarnings("ImmutableEnumChecker") // what the functions capture is nothing that changes
enum Mutation {
    DROP_A_DELIVERY(Promise.P3, (entries, random) -> at(entries, random, hasNext(entries))
            .map(i -> without(entries, i))),
    DROP_THE_LAST_DELIVERY(Promise.P3, (entries, random) -> at(
                    entries,
                    random,
                    i -> entries.get(i) instanceof Entry.Delivered it
                            && isAcknowledged(entries, it)
                            && isLast(entries, i, it))
            .map(i -> without(entries, i))),
    DELIVER_TWICE(Promise.P2, (entries, random) -> at(entries, random, i -> entries.get(i) instanceof Entry.Delivered)
            .map(i -> with(entries, i + 1, entries.get(i)))),
    SWAP_TWO_DELIVERIES(Promise.P1, (entries, random) -> at(entries, random, hasNext(entries))
            .map(i -> swapped(entries, i, next(entries, i)))),
    DELIVER_ANOTHER_ID(Promise.P4, (entries, random) -> at(
                    entries, random, i -> entries.get(i) instanceof Entry.Delivered it && isAcknowledged(entries, it))
            .map(i -> replaced(entries, i, withId((Entry.Delivered) entries.get(i), "another")))),
    DELIVER_DIFFERENT_IDS(Promise.P5, (entries, random) -> at(
                    entries,
                    random,
                    i -> entries.get(i) instanceof Entry.Delivered it
                            && !isAcknowledged(entries, it)
                            && entries.stream()
                                            .filter(other -> isSamePlace(other, it))
                                            .count()
                                    > 1)
            .map(i -> replaced(entries, i, withId((Entry.Delivered) entries.get(i), "another")))),
    DELIVER_WHAT_NOBODY_PUBLISHED(
            Promise.P5, (entries, random) -> at(entries, random, i -> entries.get(i) instanceof Entry.Delivered)
                    .map(i -> {
                        String id = ((Entry.Delivered) entries.get(i)).id();
                        return entries.stream()
                                .filter(entry -> !(entry instanceof Entry.OfPublisher published
                                        && published.id().equals(id)))
                                .toList();
                    })),
    DELIVER_TO_ANOTHER_ORG(Promise.P7, (entries, random) -> at(
                    entries, random, i -> entries.get(i) instanceof Entry.Delivered it && it.org() != null)
            .map(i -> replaced(entries, i, withOrg((Entry.Delivered) entries.get(i), "initech")))),
    DELIVER_AN_EVENT_OF_ANOTHER_ORG(Promise.P7, (entries, random) -> at(
                    entries,
                    random,
                    i -> entries.get(i) instanceof Entry.Delivered it && foreignId(entries, it) != null)
            .map(i -> {
                Entry.Delivered it = (Entry.Delivered) entries.get(i);
                return replaced(entries, i, withOrg(withId(it, foreignId(entries, it)), null));
            })),
    FORGET_A_NEW_EPOCH(Promise.P3, (entries, random) -> at(
                    entries,
                    random,
                    i -> entries.get(i) instanceof Entry.Gap it && it.to() == 0 && next(entries, i) > 0)
            .map(i -> without(entries, i))),
    ANSWER_A_RETRY_WITH_ANOTHER_SEQ(
            Promise.P5, (entries, random) -> at(entries, random, i -> entries.get(i) instanceof Entry.Acknowledged)
                    .map(i -> with(entries, i + 1, withSeq((Entry.Acknowledged) entries.get(i), 1_000_000)))),
    ACKNOWLEDGE_ANOTHER_SEQ(Promise.P4, (entries, random) -> at(
                    entries,
                    random,
                    i -> entries.get(i) instanceof Entry.Acknowledged it
                            && entries.stream()
                                    .anyMatch(other -> other instanceof Entry.Acknowledged earlier
                                            && earlier.org().equals(it.org())
                                            && earlier.service().equals(it.service())
                                            && earlier.epoch().equals(it.epoch())
                                            && earlier.seq() == it.seq() - 1))
            .map(i -> {
                Entry.Acknowledged it = (Entry.Acknowledged) entries.get(i);
                return replaced(entries, i, withSeq(it, it.seq() - 1));
            })),
    DELIVER_WHAT_WAS_REFUSED(Promise.P4, (entries, random) -> at(
                    entries,
                    random,
                    i -> entries.get(i) instanceof Entry.Acknowledged it
                            && outcomes(entries, it.id()) == 1
                            && entries.stream()
                                    .anyMatch(other -> other instanceof Entry.Delivered got
                                            && got.id().equals(it.id())))
            .map(i -> {
                Entry.Acknowledged it = (Entry.Acknowledged) entries.get(i);
                return replaced(
                        entries,
                        i,
                        new Entry.Refused(
                                it.atMs(), it.publisher(), it.org(), it.service(), it.source(), it.id(), "no"));
            })),
    RECOVER_INTO_ANOTHER_EPOCH(Promise.P3, (entries, random) -> at(
                    entries,
                    random,
                    i -> entries.get(i) instanceof Entry.Subscribed it && Boolean.FALSE.equals(it.recovered()))
            .map(i -> replaced(entries, i, answered((Entry.Subscribed) entries.get(i), true, null)))),
    RESUME_ONE_TOO_EARLY(Promise.P2, (entries, random) -> at(entries, random, i -> lastSeen(entries, i) != null)
            .map(i -> with(entries, i + 1, onConnection(lastSeen(entries, i), (Entry.Subscribed) entries.get(i))))),
    RESUME_ON_A_NODE_THAT_IS_BEHIND(
            Promise.P6, (entries, random) -> at(entries, random, i -> lastSeen(entries, i) != null)
                    .map(i -> {
                        Entry.Subscribed it = (Entry.Subscribed) entries.get(i);
                        return replaced(entries, i, withHead(it, it.cursor().seq() - 1));
                    })),
    FORGET_A_POSITION(Promise.P6, (entries, random) -> at(entries, random, i -> lastSeen(entries, i) != null)
            .map(i -> replaced(entries, i, answered((Entry.Subscribed) entries.get(i), false, "unknown_position")))),
    IGNORE_A_CURSOR(Promise.P6, (entries, random) -> at(entries, random, i -> lastSeen(entries, i) != null)
            .map(i -> replaced(entries, i, answered((Entry.Subscribed) entries.get(i), null, null))));

    private final Promise breaks;
    private final Change change;

    Mutation(Promise breaks, Change change) {
        this.breaks = breaks;
        this.change = change;
    }

    Promise breaks() {
        return breaks;
    }

    /** The history with this change at a random place; empty if there is no place for it. */
    Optional<List<Entry>> apply(List<Entry> entries, Random random) {
        return change.apply(List.copyOf(entries), random);
    }

    private interface Change {
        Optional<List<Entry>> apply(List<Entry> entries, Random random);
    }

    private static Optional<Integer> at(List<Entry> entries, Random random, Predicate<Integer> where) {
        List<Integer> places =
                IntStream.range(0, entries.size()).boxed().filter(where).toList();
        return places.isEmpty() ? Optional.empty() : Optional.of(places.get(random.nextInt(places.size())));
    }

    private static List<Entry> without(List<Entry> entries, int index) {
        List<Entry> changed = new ArrayList<>(entries);
        changed.remove(index);
        return changed;
    }

    private static List<Entry> with(List<Entry> entries, int index, Entry entry) {
        List<Entry> changed = new ArrayList<>(entries);
        changed.add(index, entry);
        return changed;
    }

    private static List<Entry> replaced(List<Entry> entries, int index, Entry entry) {
        List<Entry> changed = new ArrayList<>(entries);
        changed.set(index, entry);
        return changed;
    }

    private static List<Entry> swapped(List<Entry> entries, int one, int other) {
        return replaced(replaced(entries, one, entries.get(other)), other, entries.get(one));
    }

    private static Predicate<Integer> hasNext(List<Entry> entries) {
        return i -> entries.get(i) instanceof Entry.Delivered && next(entries, i) > 0;
    }

    /** The index of the delivery that is the next of the same subscriber, connection and service; -1 if something else is. */
    private static int next(List<Entry> entries, int index) {
        String subscriber = ((Entry.OfSubscriber) entries.get(index)).subscriber();
        String service = serviceOf(entries.get(index));
        for (int i = index + 1; i < entries.size(); i++) {
            if (entries.get(i) instanceof Entry.OfSubscriber seen
                    && seen.subscriber().equals(subscriber)) {
                if (seen instanceof Entry.Delivered delivered) {
                    if (delivered.service().equals(service)) {
                        return i;
                    }
                } else if (!(seen instanceof Entry.Gap gap) || gap.service().equals(service)) {
                    return -1;
                }
            }
        }
        return -1;
    }

    private static String serviceOf(Entry entry) {
        return entry instanceof Entry.Delivered delivered ? delivered.service() : ((Entry.Gap) entry).service();
    }

    /** Whether nothing comes to this subscriber and service after it. */
    private static boolean isLast(List<Entry> entries, int index, Entry.Delivered it) {
        return entries.subList(index + 1, entries.size()).stream()
                .noneMatch(other -> other instanceof Entry.OfSubscriber seen
                        && seen.subscriber().equals(it.subscriber())
                        && (!(seen instanceof Entry.Delivered got)
                                || got.service().equals(it.service())));
    }

    private static boolean isAcknowledged(List<Entry> entries, Entry.Delivered it) {
        return entries.stream()
                .anyMatch(other -> other instanceof Entry.Acknowledged acknowledged
                        && acknowledged.id().equals(it.id())
                        && acknowledged.epoch().equals(it.epoch()));
    }

    private static boolean isSamePlace(Entry other, Entry.Delivered it) {
        return other instanceof Entry.Delivered got
                && got.id().equals(it.id())
                && got.epoch().equals(it.epoch());
    }

    private static long outcomes(List<Entry> entries, String id) {
        return entries.stream()
                .filter(entry -> entry instanceof Entry.Attempted attempted
                        && attempted.id().equals(id))
                .count();
    }

    private static String foreignId(List<Entry> entries, Entry.Delivered it) {
        Set<String> orgs = Set.of(it.subscriber().substring(0, it.subscriber().indexOf('-')));
        return entries.stream()
                .filter(entry -> entry instanceof Entry.Attempted attempted && !orgs.contains(attempted.org()))
                .map(entry -> ((Entry.Attempted) entry).id())
                .findFirst()
                .orElse(null);
    }

    /** The delivery at the cursor of a resumption, if the same subscriber saw it. */
    private static Entry.Delivered lastSeen(List<Entry> entries, int index) {
        if (!(entries.get(index) instanceof Entry.Subscribed it) || !Boolean.TRUE.equals(it.recovered())) {
            return null;
        }
        Position cursor = it.cursor();
        return entries.subList(0, index).stream()
                .filter(entry -> entry instanceof Entry.Delivered)
                .map(entry -> (Entry.Delivered) entry)
                .filter(got -> got.subscriber().equals(it.subscriber())
                        && got.service().equals(it.service())
                        && got.epoch().equals(cursor.epoch())
                        && got.seq() == cursor.seq())
                .findFirst()
                .orElse(null);
    }

    private static Entry.Delivered withId(Entry.Delivered it, String id) {
        return new Entry.Delivered(
                it.atMs(),
                it.subscriber(),
                it.connection(),
                it.service(),
                it.epoch(),
                it.seq(),
                it.source(),
                id,
                it.org());
    }

    private static Entry.Delivered withOrg(Entry.Delivered it, String org) {
        return new Entry.Delivered(
                it.atMs(),
                it.subscriber(),
                it.connection(),
                it.service(),
                it.epoch(),
                it.seq(),
                it.source(),
                it.id(),
                org);
    }

    private static Entry.Delivered onConnection(Entry.Delivered it, Entry.Subscribed of) {
        return new Entry.Delivered(
                of.atMs(),
                it.subscriber(),
                of.connection(),
                it.service(),
                it.epoch(),
                it.seq(),
                it.source(),
                it.id(),
                it.org());
    }

    private static Entry.Acknowledged withSeq(Entry.Acknowledged it, long seq) {
        return new Entry.Acknowledged(
                it.atMs(), it.publisher(), it.org(), it.service(), it.source(), it.id(), it.epoch(), seq, true);
    }

    private static Entry.Subscribed answered(Entry.Subscribed it, Boolean recovered, String reason) {
        return new Entry.Subscribed(
                it.atMs(),
                it.subscriber(),
                it.connection(),
                it.service(),
                it.cursor(),
                it.epoch(),
                it.seq(),
                recovered,
                reason,
                null);
    }

    private static Entry.Subscribed withHead(Entry.Subscribed it, long head) {
        return new Entry.Subscribed(
                it.atMs(),
                it.subscriber(),
                it.connection(),
                it.service(),
                it.cursor(),
                it.epoch(),
                head,
                true,
                null,
                0L);
    }
}

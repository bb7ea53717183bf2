// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What waits for a shard, by org: each org's groups in the order in which they came, the orgs in turn by deficit round robin over bytes,
 * so that of what the shard can take every org that wants some gets the same. Confined to the loop.
 *
 * <p>An org that had nothing waiting gets its first turn before those that have had theirs: its event goes with the next commit,
 * however many orgs flood. After that turn it stands at the end, empty or not, so nobody gains by coming in drops (the new and old
 * flows of RFC 8290, section 4.1).
 */
final class FairQueue {

    /** How many bytes an org may commit per turn. */
    static final int QUANTUM = 16 << 10;

    /** What an event costs besides its bytes: small ones are not for nothing. */
    static final int EVENT_COST = 128;

    private final int maxEvents;
    private final int maxBytes;
    private final Map<String, OrgQueue> orgs = new HashMap<>();
    private final Deque<OrgQueue> newcomers = new ArrayDeque<>();
    private final Deque<OrgQueue> turns = new ArrayDeque<>();
    private int size;

    private static final class OrgQueue {
        private final String org;
        private final Deque<Group> groups = new ArrayDeque<>();
        private long deficit = QUANTUM;

        OrgQueue(String org) {
            this.org = org;
        }
    }

    /** An empty queue of which a commit takes so much at a time. */
    FairQueue(FairnessOptions options) {
        this.maxEvents = options.commitEvents();
        this.maxBytes = options.commitBytes();
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(Group group) {
        OrgQueue queue = orgs.get(group.key().org());
        if (queue == null) {
            queue = new OrgQueue(group.key().org());
            orgs.put(queue.org, queue);
            newcomers.add(queue);
        }
        queue.groups.add(group);
        size++;
    }

    /** Takes what goes in one commit: as much as its bounds allow, a single group always. Not to be called when empty. */
    List<Group> next() {
        List<Group> groups = new ArrayList<>();
        int events = 0;
        int bytes = 0;
        while (size > 0) {
            boolean isNew = !newcomers.isEmpty();
            OrgQueue queue = isNew ? newcomers.peek() : turns.peek();
            for (Group group = queue.groups.peek();
                    group != null && cost(group) <= queue.deficit;
                    group = queue.groups.peek()) {
                events += group.size();
                bytes += group.bytes();
                if (!groups.isEmpty() && (events > maxEvents || bytes > maxBytes)) {
                    return groups; // the org is still at its turn
                }
                queue.deficit -= cost(group);
                groups.add(queue.groups.remove());
                size--;
            }
            endTurn(queue, isNew);
        }
        return groups;
    }

    private static long cost(Group group) {
        return group.bytes() + (long) EVENT_COST * group.size();
    }

    private void endTurn(OrgQueue queue, boolean wasNew) {
        if (wasNew) {
            newcomers.remove();
        } else {
            turns.remove();
        }
        if (wasNew || !queue.groups.isEmpty()) {
            queue.deficit += QUANTUM;
            turns.add(queue);
        } else {
            orgs.remove(queue.org);
        }
    }

    /** Takes out what stands before the first group of an org that does not match, of every org. */
    void removeWhile(Predicate<Group> matches, Consumer<Group> removed) {
        List<Group> out = new ArrayList<>();
        for (OrgQueue queue : orgs.values()) {
            for (Group group = queue.groups.peek(); group != null && matches.test(group); group = queue.groups.peek()) {
                out.add(queue.groups.remove());
                size--;
            }
        }
        // Afterwards, for who is told may publish again.
        out.forEach(removed);
    }
}

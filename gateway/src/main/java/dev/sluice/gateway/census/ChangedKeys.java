// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.census;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keys that the cluster is still to be told about, each once. They are taken group by group: a report that goes to few partitions costs
 * far less than one of as many keys that goes to all of them. Not thread-safe.
 */
final class ChangedKeys {

    private final Map<Integer, Set<String>> byGroup = new LinkedHashMap<>();

    void add(int group, String key) {
        byGroup.computeIfAbsent(group, none -> new LinkedHashSet<>()).add(key);
    }

    boolean isEmpty() {
        return byGroup.isEmpty();
    }

    /** Takes out at most so many: all of a group before any of the next, the groups that have waited longest first. */
    List<String> take(int most) {
        List<String> taken = new ArrayList<>();
        Iterator<Set<String>> groups = byGroup.values().iterator();
        while (taken.size() < most && groups.hasNext()) {
            Iterator<String> keys = groups.next().iterator();
            while (taken.size() < most && keys.hasNext()) {
                taken.add(keys.next());
                keys.remove();
            }
            if (!keys.hasNext()) {
                groups.remove();
            }
        }
        return taken;
    }
}

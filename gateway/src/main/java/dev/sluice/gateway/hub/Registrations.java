// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import java.util.Set;

/** What this node is registered for on the bus; on the hub's loop only. */
public interface Registrations {

    /** The shards whose registration is made and known to the cluster. */
    Set<Integer> shards();

    /** Makes the registration of a shard again, the new one before the old one ends; nothing happens when there is none. */
    void renew(int shard);
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.cluster;

import java.util.List;
import java.util.Map;

/** Where the processes of a cluster are and how they find each other. */
interface Placement extends AutoCloseable {

    /** The address at which a process answers. */
    String address(String node);

    /** What goes before the command of a process. */
    List<String> enter(String node);

    /** Its settings of addresses and ports. */
    Map<String, String> settings(String node);

    @Override
    void close();
}

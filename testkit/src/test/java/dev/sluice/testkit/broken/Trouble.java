// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.broken;

import dev.sluice.testkit.history.HistoryChecker.Allowance;
import java.util.Map;

/** What is done to a cluster of two nodes while its clients work. Each is less than what a correct build bears. */
enum Trouble {
    /** Nothing but subscribers who move from node to node. */
    ROAMING(1, Allowance.NO_LOSS),
    /** 30 of 100 pushes are dropped. */
    PUSHES_LOST(1, Allowance.NO_LOSS),
    /** The node that owns a stream is killed with SIGKILL, and the other has the backup. */
    OWNER_KILLED(1, Allowance.NO_LOSS),
    /** The same where there is no backup: what is lost has to be announced. */
    OWNER_KILLED_WITHOUT_BACKUP(0, Allowance.ANNOUNCED_LOSS),
    /** A node dies between a commit and its answer, and the publisher asks the other with the same id. */
    ANSWER_LOST(1, Allowance.NO_LOSS);

    private static final long STAY_MS = 400;

    private final int backups;
    private final Allowance allowance;

    Trouble(int backups, Allowance allowance) {
        this.backups = backups;
        this.allowance = allowance;
    }

    /**
     * How long a subscriber stays with a node on average; 0: until it has to leave. What befalls a session that goes on is seen by those that
     * are still there when it does.
     */
    long stayMs() {
        return this == OWNER_KILLED_WITHOUT_BACKUP ? 0 : STAY_MS;
    }

    Map<String, String> settings() {
        return Map.of(
                // A process lives for seconds: to start it is most of its work.
                "JAVA_TOOL_OPTIONS",
                "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
                "SLUICE_CLUSTER_BACKUPS",
                Integer.toString(backups),
                // The one that is left goes on.
                "SLUICE_CLUSTER_QUORUM",
                "1");
    }

    Allowance allowance() {
        return allowance;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.check;

import dev.sluice.testkit.history.HistoryChecker.Allowance;
import dev.sluice.testkit.history.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;

/**
 * Lets a workload work for as long as there is load, judges it window by window, and says what came of it. One thread.
 *
 * @param workload all of whose subscribers are connected
 * @param noErrors whether what a client notices is a failure, too
 * @param seed what decided all that is random, to be printed
 */
record Judge(Workload workload, Allowance allowance, boolean noErrors, long seed, PrintWriter out) {

    /** How long subscribers have to come back, and the last answers and deliveries to come in. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration WINDOW = Duration.ofSeconds(60);

    /**
     * Judges the first window and what follows until the load is over.
     *
     * @return the code with which the command ends: 0 if all was as it must be
     * @throws IOException when the command cannot be started
     */
    int judge(LoadTime time) throws IOException {
        Totals totals = new Totals();
        int judged = 0;
        do {
            if (time.hasBegun() && !workload.nextWindow(PATIENCE)) {
                out.println("not every subscriber came back within " + PATIENCE.toSeconds() + " s");
                return 1;
            }
            workload.begin();
            time.await(WINDOW);
            Report report = workload.end(PATIENCE, allowance);
            totals.add(report);
            out.println(time.seconds() + " s: " + report.count("acknowledgedEvents") + " events, "
                    + report.count("deliveries") + " deliveries, " + report.violationCount() + " violations");
            out.flush();
            if (!report.isClean()) {
                out.println(report.print(seed));
                return 1;
            }
            if (judged > 0 && time.isOver() && report.count("attempts") == 0) {
                break; // the command had ended when this window began
            }
            judged++;
            if (!workload.isConclusive(report)) {
                out.println(
                        "cannot be judged: nothing was acknowledged, or not every subscriber was connected at the end");
                out.println(report.print(seed));
                return 1;
            }
        } while (!time.isOver());
        out.print(totals.print());
        return verdict(totals.errors(), time.exitCode());
    }

    private int verdict(Map<String, Long> errors, int exitCode) {
        if (noErrors && !errors.isEmpty()) {
            out.println("every promise was kept, but clients noticed something: " + errors + ", seed " + seed);
            return 1;
        }
        if (exitCode != 0) {
            out.println("every promise was kept, but the command ended with " + exitCode);
            return 1;
        }
        out.println("every promise was kept (P1 to P7)" + (noErrors ? ", and no client noticed an error" : "")
                + ", seed " + seed);
        return 0;
    }
}

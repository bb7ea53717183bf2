// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import java.io.IOException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The hidden option by which {@code sluice cluster} keeps its processes from outliving it, even if it is killed. */
final class ParentWatch {

    /** The name of the option. */
    static final String OPTION = "--stop-with-stdin";

    @Option(names = OPTION, hidden = true)
    private boolean stopWithStdin;

    /** Ends this process, in order, when its standard input does. */
    void watch() {
        if (stopWithStdin) {
            Thread watcher = new Thread(ParentWatch::awaitEnd, "sluice-parent-watch");
            watcher.setDaemon(true);
            watcher.start();
        }
    }

    private static void awaitEnd() {
        try {
            while (System.in.read() >= 0) {
                // whatever is written is of no interest, only that there is somebody who could
            }
        } catch (IOException e) {
            LoggerFactory.getLogger(ParentWatch.class).atDebug().setCause(e).log("standard input broke off");
        }
        System.exit(0);
    }
}

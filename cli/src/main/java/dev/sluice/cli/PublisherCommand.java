// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sluice publisher}. */
@Command(
        name = "publisher",
        description = "Runs a publisher in the foreground: takes events over HTTP and the event bus, holds no data.",
        footer = {
            "",
            "Examples:",
            "  ./sluice publisher --config /etc/sluice.yaml",
            "  SLUICE_GATEWAY_PORT=4100 ./sluice publisher"
        })
final class PublisherCommand implements Callable<Integer> {

    @Mixin
    private ConfigSource source;

    @Mixin
    private ParentWatch parent;

    @Override
    public Integer call() {
        parent.watch();
        return new NodeProcess(source.load(), NodeRole.PUBLISHER).run(port -> {});
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice publisher}. */
@Command(
        name = "publisher",
        description = "Runs a publisher in the foreground: takes events over HTTP and the event bus, holds no data.",
        footer = {
            "",
            "Examples:",
            "  ./sluice publisher --config /etc/sluice.yaml",
            "  SLUICE_PUBLISHER_HTTP_PORT=4200 ./sluice publisher --sample"
        })
final class PublisherCommand implements Callable<Integer> {

    @Mixin
    private ConfigSource source;

    @Mixin
    private ParentWatch parent;

    @Option(names = "--sample", description = "Also offers the sample service, POST /finance/revenue.")
    private boolean sample;

    @Override
    public Integer call() {
        parent.watch();
        SluiceConfig config = source.loadWithKeys();
        return new NodeProcess(config, sample ? NodeRole.SAMPLE_PUBLISHER : NodeRole.PUBLISHER)
                .reloadingFrom(source)
                .run(port -> {});
    }
}

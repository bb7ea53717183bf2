// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sluice node}. */
@Command(
        name = "node",
        description = "Runs a gateway node of a cluster in the foreground; SIGTERM drains and stops it.",
        footer = {
            "",
            "Examples:",
            "  ./sluice node --config /etc/sluice.yaml",
            "  SLUICE_CLUSTER_MEMBERS=10.0.0.1,10.0.0.2 SLUICE_CLUSTER_HOST=10.0.0.1 ./sluice node"
        })
final class NodeCommand implements Callable<Integer> {

    @Mixin
    private ConfigSource source;

    @Mixin
    private ParentWatch parent;

    @Override
    public Integer call() {
        parent.watch();
        SluiceConfig config = source.loadWithKeys();
        return new NodeProcess(config, NodeRole.GATEWAY).reloadingFrom(source).run(port -> {});
    }
}

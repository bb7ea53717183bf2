// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import dev.sluice.stream.auth.DevelopmentTokens;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sluice demo}. */
@Command(
        name = "demo",
        description = "Runs everything in one process, with a sample service and a page to look at.",
        footer = {"", "Examples:", "  ./sluice demo", "  SLUICE_GATEWAY_PORT=4100 ./sluice demo"})
final class DemoCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigSource source;

    @Override
    public Integer call() {
        SluiceConfig loaded = source.load();
        // Alone and under a name of its own, or it would find a cluster on this machine and become a part of that.
        String name =
                "sluice-demo-" + Integer.toHexString(ThreadLocalRandom.current().nextInt());
        SluiceConfig config = loaded.withCluster(loaded.cluster().alone(name))
                .withGateway(loaded.gateway().withoutCanary())
                .withAuth(loaded.auth().withSecret(DevelopmentTokens.DEMO_SECRET));
        if (!isLoopback(config.gateway().host())) {
            throw new CommandFailure("the demo signs tokens with a secret that everybody knows, so it listens on this"
                    + " machine only; set gateway.host to 127.0.0.1, or run ./sluice node with a secret of your own");
        }
        PrintWriter out = spec.commandLine().getOut();
        return new NodeProcess(config, NodeRole.DEMO).run(port -> {
            new DemoBanner(config.gateway().host(), port, TokenCommand.demoToken()).print(out);
            out.flush();
        });
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost")
                || new InetSocketAddress(host, 0).getAddress().isLoopbackAddress();
    }
}

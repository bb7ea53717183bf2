// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import dev.sluice.cli.plan.Costs;
import dev.sluice.cli.plan.Load;
import dev.sluice.cli.plan.NodeLoad;
import dev.sluice.cli.plan.NodeSize;
import dev.sluice.cli.plan.PlanPlot;
import dev.sluice.cli.plan.Planner;
import dev.sluice.cli.plan.Quantity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code sluice plan}: how many nodes a load needs. */
@Command(
        name = "plan",
        description = {
            "Says how many nodes of a size a load needs, one of which may fail, by the measured costs.",
            "Numbers may be written 1e6, 250k, 16GiB, 10Gbit or 60%."
        },
        footer = {
            "",
            "Examples:",
            "  ./sluice plan --sessions 1e6 --orgs 1e4",
            "  ./sluice plan --sessions 2e5 --orgs 500 --events 5 --event-size 1KiB",
            "  ./sluice plan --sessions 1e6 --orgs 1e4 --plot plan.svg",
            "  ./sluice plan --show-costs"
        })
final class PlanCommand implements Runnable {

    private static final double GB = 1e9;

    @Spec
    private CommandSpec spec;

    @Option(names = "--sessions", converter = QuantityConverter.class, description = "Open at once, at the peak.")
    private Double sessions;

    @Option(names = "--orgs", converter = QuantityConverter.class, description = "Among which they are spread evenly.")
    private Double orgs;

    @Option(names = "--services", description = "Streams of each org; ${DEFAULT-VALUE} by default.")
    private int services = 5;

    @Option(names = "--streams", description = "Of these, how many a session listens to; ${DEFAULT-VALUE} by default.")
    private int streams = 3;

    @Option(
            names = "--events",
            converter = QuantityConverter.class,
            description = "A second, of each org at the peak; 1 by default.")
    private Double events = 1.0;

    @Option(
            names = "--event-size",
            converter = QuantityConverter.class,
            description = "Of one event as CloudEvents JSON; 512B by default.")
    private Double eventSize = 512.0;

    @Option(
            names = "--events-per-frame",
            converter = QuantityConverter.class,
            description = "On average; 1 by default, which is the dearest: events that come one by one.")
    private Double eventsPerFrame = 1.0;

    @Option(
            names = "--growth",
            converter = QuantityConverter.class,
            description = "How much more sessions and orgs there may be; 0%% by default.")
    private Double growth = 0.0;

    @Option(names = "--memory", converter = QuantityConverter.class, description = "Of a node; 16GiB by default.")
    private Double memory = 16.0 * (1L << 30);

    @Option(names = "--cores", converter = QuantityConverter.class, description = "Of a node; 4 by default.")
    private Double cores = 4.0;

    @Option(
            names = "--network",
            converter = QuantityConverter.class,
            description = "Of a node, each way; 10Gbit by default.")
    private Double network = 10 * GB;

    @Option(
            names = "--utilisation",
            converter = QuantityConverter.class,
            description = "How much of each may be used at the peak with a node lost; 60%% by default.")
    private Double utilisation = 0.6;

    @Option(names = "--backups", description = "As cluster.backups; ${DEFAULT-VALUE} by default.")
    private int backups = 1;

    @Option(
            names = "--plot",
            paramLabel = "FILE",
            description = "Also draws nodes, memory and bandwidth up to 10 million sessions, as SVG.")
    private Optional<Path> plot = Optional.empty();

    @Option(
            names = "--costs",
            paramLabel = "FILE",
            description = "Other costs than those of this release, in the form of --show-costs.")
    private Optional<Path> costsFile = Optional.empty();

    @Option(names = "--show-costs", description = "Only prints every cost and where it is from.")
    private boolean showCosts;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            Costs costs = costs();
            if (showCosts) {
                print(costs, out);
            } else {
                plan(costs, out);
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        out.flush();
    }

    private Costs costs() {
        if (costsFile.isEmpty()) {
            return Costs.builtIn();
        }
        try {
            return Costs.of(costsFile.get());
        } catch (IOException e) {
            throw new CommandFailure("--costs " + costsFile.get() + " cannot be read: " + e.getMessage());
        }
    }

    private static void print(Costs costs, PrintWriter out) {
        costs.all().keySet().stream().sorted().forEach(name -> {
            Costs.Cost cost = costs.all().get(name);
            out.printf(Locale.ROOT, "%s=%s%n", name, cost.value());
            out.printf("%s.kind=%s%n%s.source=%s%n%n", name, cost.kind(), name, cost.source());
        });
    }

    private void plan(Costs costs, PrintWriter out) {
        if (sessions == null || orgs == null) {
            throw new IllegalArgumentException("say how many --sessions and --orgs");
        }
        if (!(growth >= 0 && growth <= 100)) {
            throw new IllegalArgumentException("--growth must be 0% to 10000%");
        }
        Load load = new Load(sessions, orgs, services, streams, events, eventSize, eventsPerFrame).times(1 + growth);
        NodeSize size = new NodeSize(memory, cores, network, utilisation, backups);
        Planner planner = new Planner(costs, size);
        Planner.Plan plan = planner.plan(load);
        print(load, size, plan, out);
        plot.ifPresent(file -> write(file, new PlanPlot(planner, load).svg(), out));
    }

    private static void print(Load load, NodeSize size, Planner.Plan plan, PrintWriter out) {
        NodeLoad one = plan.normal();
        NodeLoad lost = plan.oneLost();
        int nodes = plan.nodes();
        line(
                out,
                "nodes              %,d of %s GB and %s cores, one of which may fail; %s runs out first",
                nodes,
                plain(size.memoryBytes() / GB),
                plain(size.cores()),
                lost.limit(size));
        line(out, "%nper node           %14s %14s %14s", "all nodes", "one lost", "all together");
        row(out, "sessions", one.sessions(), lost.sessions(), load.sessions());
        row(out, "streams held", one.streams(), lost.streams(), load.streams());
        row(out, "memory, GB", one.memoryBytes() / GB, lost.memoryBytes() / GB, nodes * one.memoryBytes() / GB);
        row(out, "CPU, cores", one.cores(), lost.cores(), nodes * one.cores());
        row(
                out,
                "sent, Gbit/s",
                one.outBitsPerSecond() / GB,
                lost.outBitsPerSecond() / GB,
                nodes * one.outBitsPerSecond() / GB);
        row(
                out,
                "received, Gbit/s",
                one.inBitsPerSecond() / GB,
                lost.inBitsPerSecond() / GB,
                nodes * one.inBitsPerSecond() / GB);
        line(out, "%nevents/s           %,.0f published, %,.0f delivered", load.events(), load.deliveries());
        line(out, "settings           cluster.quorum: %d, cluster.backups: %d,", nodes / 2 + 1, size.backups());
        line(out, "                   gateway.session.maxSessions: at least %,.0f,", Math.ceil(lost.sessions()));
        line(out, "                   gateway.hub.maxStreams: at least %,.0f,", Math.ceil(lost.streams()));
        line(out, "                   gateway.hub.totalBufferBytes: %,.0f", Math.ceil(lost.bufferBytes()));
        line(out, "%nAn estimate: ./sluice plan --show-costs says what each cost is and how sure it is.");
    }

    private static void row(PrintWriter out, String name, double normal, double lost, double total) {
        line(out, "%-18s %14s %14s %14s", name, plain(normal), plain(lost), plain(total));
    }

    private static void line(PrintWriter out, String format, Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
    }

    private static String plain(double value) {
        return String.format(Locale.ROOT, value >= 100 || value == Math.rint(value) ? "%,.0f" : "%.2f", value);
    }

    private static void write(Path file, String svg, PrintWriter out) {
        try {
            Files.writeString(file, svg);
        } catch (IOException e) {
            throw new CommandFailure("--plot " + file + " cannot be written: " + e.getMessage());
        }
        out.println("plot               " + file);
    }

    /** Says what is wrong in our words. */
    private static final class QuantityConverter implements ITypeConverter<Double> {

        @Override
        public Double convert(String text) {
            try {
                return Quantity.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}

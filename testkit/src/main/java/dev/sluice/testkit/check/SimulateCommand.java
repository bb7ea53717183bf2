// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.check;

import dev.sluice.testkit.history.Report;
import dev.sluice.testkit.simulation.ScheduleRun;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./sluice simulate}: whole clusters in one thread each, a seed for each schedule, until one breaks a promise. */
@Command(
        name = "simulate",
        description = "Simulates clusters with faults from seeds, thousands a minute, and judges each.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./sluice simulate --schedules 100000 --threads 2",
            "  ./sluice simulate --schedules 1 --trace --seed 4711"
        })
final class SimulateCommand implements Callable<Integer> {

    private static final long REPORT_MS = 10_000;

    @Spec
    private CommandSpec spec;

    @Option(names = "--schedules", defaultValue = "1000", description = "How many. Default: ${DEFAULT-VALUE}")
    private long schedules;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Of the first; the next has the next one. Default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(names = "--threads", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}")
    private int threads;

    @Option(names = "--keep-going", description = "Do not stop at the first violation.")
    private boolean keepGoing;

    @Option(names = "--trace", description = "Print the history of each schedule.")
    private boolean trace;

    private final AtomicLong next = new AtomicLong();
    private final LongAdder done = new LongAdder();
    private final LongAdder faults = new LongAdder();
    private final LongAdder events = new LongAdder();
    private final LongAdder deliveries = new LongAdder();
    private final AtomicBoolean failed = new AtomicBoolean();
    private PrintWriter out;

    @Override
    public Integer call() throws InterruptedException {
        out = spec.commandLine().getOut();
        long begun = System.nanoTime();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread worker = new Thread(this::work, "simulation-" + i);
            worker.start();
            workers.add(worker);
        }
        for (Thread worker : workers) {
            worker.join(REPORT_MS);
            while (worker.isAlive()) {
                progress(begun);
                worker.join(REPORT_MS);
            }
        }
        progress(begun);
        return failed.get() ? 1 : 0;
    }

    private void work() {
        long index = next.getAndIncrement();
        while (index < schedules && (keepGoing || !failed.get())) {
            try {
                play(seed + index);
            } catch (RuntimeException | AssertionError e) {
                fail(seed + index, e.toString());
                throw e;
            }
            index = next.getAndIncrement();
        }
    }

    private void play(long ofSeed) {
        ScheduleRun run = new ScheduleRun(ofSeed);
        Report report = run.run();
        done.increment();
        faults.add(run.faults());
        events.add(report.count("acknowledgedEvents"));
        deliveries.add(report.count("deliveries"));
        if (trace) {
            synchronized (this) {
                run.entries().forEach(out::println);
            }
        }
        if (!report.isClean()) {
            fail(ofSeed, report.print(ofSeed));
        } else if (report.count("subscribersAttachedAtEnd") < ScheduleRun.CLIENTS) {
            fail(ofSeed, "not every client came back");
        }
    }

    private synchronized void fail(long ofSeed, String words) {
        failed.set(true);
        out.printf("seed %d: %s%nreplay: ./sluice simulate --schedules 1 --trace --seed %d%n", ofSeed, words, ofSeed);
        out.flush();
    }

    private synchronized void progress(long begun) {
        double seconds = (System.nanoTime() - begun) / 1e9;
        out.printf(
                "%,d schedules in %.0f s, %,.0f a minute: %,d faults, %,d events, %,d deliveries, %s%n",
                done.sum(),
                seconds,
                done.sum() / seconds * 60,
                faults.sum(),
                events.sum(),
                deliveries.sum(),
                failed.get() ? "a violation" : "no violation");
        out.flush();
    }
}

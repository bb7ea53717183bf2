// SPDX-License-Identifier: Apache-2.0
package dev.sluice.benchmarks.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks, with progress, and saves what came out as JSON, CPU time and allocations included. Takes the options of JMH: a pattern of names,
 * {@code -f}, {@code -wi}, {@code -i}, {@code -p} … What is not given is set so that all take about ten minutes.
 */
public final class Micro {

    private static final Path RESULT = Path.of("benchmarks", "target", "micro.json");

    private Micro() {}

    /** Run from the root of the project. */
    public static void main(String[] args) throws CommandLineOptionException, RunnerException, IOException {
        CommandLineOptions given = new CommandLineOptions(args);
        if (given.shouldHelp()) {
            given.showHelp();
            return;
        }
        String result = given.getResult().orElse(RESULT.toString());
        Path folder = Path.of(result).toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .parent(given)
                        .forks(given.getForkCount().orElse(2))
                        .warmupIterations(given.getWarmupIterations().orElse(3))
                        .warmupTime(given.getWarmupTime().orElse(TimeValue.seconds(1)))
                        .measurementIterations(given.getMeasurementIterations().orElse(5))
                        .measurementTime(given.getMeasurementTime().orElse(TimeValue.seconds(1)))
                        .addProfiler(GCProfiler.class)
                        .addProfiler(CpuProfiler.class)
                        .resultFormat(ResultFormatType.JSON)
                        .result(result)
                        .build())
                .run();
        Table.of(results).forEach(System.out::println);
        System.out.println("jdk=" + Runtime.version() + " result=" + result);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** A benchmark that nobody runs rots. Each is called once here, in this process; what it measures is of no interest. */
class BenchmarksRunTest {

    @Test
    void shouldRunEveryBenchmarkBesideABaseline() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .forks(0)
                        .mode(Mode.SingleShotTime)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();

        Set<String> run = results.stream()
                .map(result -> result.getParams().getBenchmark())
                .collect(Collectors.toSet());
        Set<String> classes = run.stream().map(BenchmarksRunTest::classOf).collect(Collectors.toSet());
        Set<String> withBaseline = run.stream()
                .filter(name -> name.contains(".baseline"))
                .map(BenchmarksRunTest::classOf)
                .collect(Collectors.toSet());
        assertThat(classes).hasSize(6).isEqualTo(withBaseline);
        assertThat(Table.of(results)).hasSize(2 + results.size()).contains("| GapCheck · resume |  |  |");
    }

    private static String classOf(String benchmark) {
        return benchmark.substring(0, benchmark.lastIndexOf('.'));
    }
}

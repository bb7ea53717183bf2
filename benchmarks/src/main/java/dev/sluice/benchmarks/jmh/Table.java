// SPDX-License-Identifier: Apache-2.0
package dev.sluice.benchmarks.jmh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** The results as lines of a Markdown table, as they stand in docs/benchmarks/micro.md. */
final class Table {

    private Table() {}

    static List<String> of(Collection<RunResult> results) {
        List<String> lines = new ArrayList<>();
        lines.add("| benchmark | CPU, ns | bytes allocated |");
        lines.add("|---|---:|---:|");
        results.stream().map(Table::line).sorted().forEach(lines::add);
        return lines;
    }

    private static String line(RunResult result) {
        BenchmarkParams params = result.getParams();
        String name = params.getBenchmark().replaceFirst("^.*\\.(\\w+)Benchmark\\.", "$1 · ");
        String with = params.getParamsKeys().isEmpty()
                ? ""
                : ", " + params.getParam("events") + (params.getParam("events").equals("1") ? " event" : " events");
        return "| " + name + with + " | " + number(result, "cpu") + " | " + number(result, "gc.alloc.rate.norm") + " |";
    }

    private static String number(RunResult result, String metric) {
        Result<?> found = result.getSecondaryResults().get(metric);
        return found == null ? "" : String.format(Locale.ROOT, "%,.0f", found.getScore());
    }
}

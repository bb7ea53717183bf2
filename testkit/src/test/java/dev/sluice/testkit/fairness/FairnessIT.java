// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.cluster.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * What quiet orgs feel of a noisy one, on three nodes, in the hardest case: all in one shard and through one door. Windows alone, beside
 * the noise at its rate, and beside a flood of it take turns, so that whatever else the machine does falls on all of them; medians of
 * their 99th percentiles are compared. The figures go to target/fairness.txt.
 *
 * <p>The goal is twice the normal value, and written down. It is not what fails the build, for here the clients and three nodes share the
 * cores, and the noise costs them all time that no scheduling between orgs can give back. What fails it holds on a machine of any speed:
 * the noisy org waits behind its own backlog, and quiet ones that took turns with its events, not with it, would wait as long.
 */
@Isolated
@Timeout(180)
class FairnessIT {

    private static final Duration WINDOW = Duration.ofSeconds(1);
    private static final int ROUNDS = 2;
    private static final double GOAL = 2;

    /** What quiet orgs may wait at most, of what the flood waits for itself. */
    private static final double SHARE_OF_THE_WAIT = 0.5;

    private final List<String> report = new ArrayList<>();

    @Test
    void shouldNotLetQuietOrgsWaitBehindANoisyOne() throws IOException {
        List<String> unfair = new ArrayList<>();
        try (TestCluster cluster = TestCluster.start(3, Map.of("SLUICE_LOG_SHARDS", "1"));
                QuietOrgs quiet = new QuietOrgs(cluster);
                NoisyOrg noisy = new NoisyOrg(cluster)) {
            quiet.p99("warm", WINDOW);
            flooded(Noise.HUNDRED_SHARES, "warmflood", quiet, noisy, NoisyOrg.waits());
            for (Noise noise : Noise.values()) {
                if (!isFair(noise, quiet, noisy)) {
                    unfair.add(noise.title());
                }
            }
            assertThat(quiet.violations()).isEmpty();
        } finally {
            Files.write(Path.of("target/fairness.txt"), report);
            report.forEach(System.out::println);
        }
        assertThat(unfair).as(String.join("; ", report)).isEmpty();
    }

    private boolean isFair(Noise noise, QuietOrgs quiet, NoisyOrg noisy) {
        int takenBefore = noisy.taken();
        int refusedBefore = noisy.refused();
        List<Long> alone = new ArrayList<>();
        List<Long> paced = new ArrayList<>();
        List<Long> flooded = new ArrayList<>();
        List<Long> answers = new ArrayList<>();
        Queue<Long> waits = NoisyOrg.waits();
        for (int i = 0; i < ROUNDS; i++) {
            alone.add(quiet.p99(noise + "alone" + i, WINDOW));
            paced.add(paced(noise, noise + "paced" + i, quiet, noisy));
            if (noise == Noise.POISON) {
                // Not flooded: what is compared are waits for the queue. These documents take 0.1 to 1.2 ms of CPU each
                // to check, on the
                // door's loop and before any queue; plain text of that size takes 0.3 ms. The waits would not tell the
                // two apart.
                continue;
            }
            flooded.add(flooded(noise, noise + "flood" + i, quiet, noisy, waits));
            answers.addAll(quiet.answerTimes());
        }
        assertThat(noisy.taken() - takenBefore).as("the noise was let in").isPositive();
        if (noise == Noise.POISON) {
            report.add(figures(noise, alone, paced));
            return true;
        }
        assertThat(waits).as("the flood was let in").isNotEmpty();
        double shareOfTheWait = (double) median(answers) / Math.max(1, median(waits));
        report.add(String.format(
                Locale.ROOT,
                "%s flood_p99_ms=%d quiet_waits_ms=%d flood_waits_ms=%d share_of_the_wait=%.2f noise_events=%d noise_refused=%d",
                figures(noise, alone, paced),
                median(flooded),
                median(answers),
                median(waits),
                shareOfTheWait,
                noisy.taken() - takenBefore,
                noisy.refused() - refusedBefore));
        return shareOfTheWait <= SHARE_OF_THE_WAIT;
    }

    private static String figures(Noise noise, List<Long> alone, List<Long> paced) {
        double ratio = (double) median(paced) / Math.max(1, median(alone));
        return String.format(
                Locale.ROOT,
                "%s: quiet_p99_ms=%d paced_p99_ms=%d ratio=%.2f goal_%.0f=%s windows=%s/%s",
                noise.title(),
                median(alone),
                median(paced),
                ratio,
                GOAL,
                ratio <= GOAL ? "reached" : "missed",
                alone,
                paced);
    }

    private static long paced(Noise noise, String window, QuietOrgs quiet, NoisyOrg noisy) {
        AtomicBoolean stopped = new AtomicBoolean();
        return beside(noisy.pace(noise, window, stopped), stopped, window, quiet, noisy);
    }

    private static long flooded(Noise noise, String window, QuietOrgs quiet, NoisyOrg noisy, Queue<Long> waits) {
        AtomicBoolean stopped = new AtomicBoolean();
        return beside(noisy.flood(noise, window, stopped, waits), stopped, window, quiet, noisy);
    }

    private static long beside(
            CompletableFuture<Void> noise, AtomicBoolean stopped, String window, QuietOrgs quiet, NoisyOrg noisy) {
        try {
            return quiet.p99(window, WINDOW);
        } finally {
            stopped.set(true);
            noise.join();
            noisy.awaitSilence();
        }
    }

    private static long median(Collection<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}

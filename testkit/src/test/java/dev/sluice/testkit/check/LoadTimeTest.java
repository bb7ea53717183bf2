// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LoadTimeTest {

    private static final Duration LONG = Duration.ofMinutes(10);

    @TempDir
    private Path folder;

    @Test
    void shouldBeOverAfterItsSecondsAndNotWithAPartOfThem() throws IOException {
        try (LoadTime time = LoadTime.of(1)) {
            assertThat(time.hasBegun()).isFalse();

            time.await(Duration.ofMillis(1));
            assertThat(time.hasBegun()).isTrue();
            assertThat(time.nanos()).isGreaterThanOrEqualTo(1_000_000);

            time.await(LONG);
            assertThat(time.isOver()).isTrue();
            assertThat(time.seconds()).isPositive();
            assertThat(time.exitCode()).isZero();
        }
    }

    @Test
    void shouldLastAsLongAsTheCommandThatItStarts() throws IOException {
        Path started = folder.resolve("started");
        Path go = folder.resolve("go");
        String script = "touch " + started + "; until [ -e " + go + " ]; do sleep 0.05; done; exit 3";
        try (LoadTime time = LoadTime.whileRunning(List.of("bash", "-c", script))) {
            assertThat(started).doesNotExist();

            time.await(Duration.ofMillis(1));
            assertThat(time.isOver()).isFalse();

            Files.createFile(go);
            time.await(LONG);
            assertThat(time.isOver()).isTrue();
            assertThat(time.exitCode()).isEqualTo(3);
            assertThat(started).exists();
        }
    }

    @Test
    void shouldEndACommandThatStillRunsWhenItIsClosed() throws Exception {
        Path ended = folder.resolve("ended");
        Path running = folder.resolve("running");
        String script = "trap 'touch " + ended + "; exit' TERM; touch " + running + "; while :; do sleep 0.05; done";
        try (LoadTime time = LoadTime.whileRunning(List.of("bash", "-c", script))) {
            while (!Files.exists(running)) {
                time.await(Duration.ofMillis(10));
            }
        }
        while (!Files.exists(ended)) {
            Thread.onSpinWait();
        }
        assertThat(ended).exists();
    }

    @Test
    void shouldSayWhichCommandThereIsNot() {
        try (LoadTime time = LoadTime.whileRunning(List.of("./no-such-script"))) {
            assertThatThrownBy(() -> time.await(LONG)).hasMessageContaining("./no-such-script");
        }
    }
}

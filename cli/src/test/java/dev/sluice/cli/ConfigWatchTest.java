// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatchTest {

    @TempDir
    Path directory;

    private Path file;
    private ConfigWatch watch;
    private int told;

    @BeforeEach
    void create() throws IOException {
        file = Files.writeString(directory.resolve("sluice.yaml"), "node: a\n");
        watch = new ConfigWatch(file, () -> told++);
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            watch.look();
        }
    }

    @Test
    void shouldTellOnceAtFirstForTheFileMayHaveChangedSinceItWasRead() {
        look(4);
        assertThat(told).isEqualTo(1);
    }

    @Test
    void shouldWaitUntilAChangeIsWrittenToItsEnd() throws IOException {
        look(2);
        Files.writeString(file, "node: b\n");
        look(1);
        Files.writeString(file, "node: b\ngateway:\n");
        look(1);
        assertThat(told).as("still being written").isEqualTo(1);
        look(3);
        assertThat(told).isEqualTo(2);
    }

    @Test
    void shouldTellWhenTheFileIsGoneAndWhenItComesBack() throws IOException {
        look(2);
        Files.delete(file);
        look(3);
        assertThat(told).isEqualTo(2);
        Files.writeString(file, "node: a\n");
        look(3);
        assertThat(told).isEqualTo(3);
    }

    @Test
    void shouldSeeThroughLinksThatAreSwapped() throws IOException {
        Path link = directory.resolve("mounted.yaml");
        Files.createSymbolicLink(link, file);
        watch = new ConfigWatch(link, () -> told++);
        look(2);
        Path other = Files.writeString(directory.resolve("other.yaml"), "node: b\n");
        Files.delete(link);
        Files.createSymbolicLink(link, other);
        look(2);
        assertThat(told).isEqualTo(2);
    }
}

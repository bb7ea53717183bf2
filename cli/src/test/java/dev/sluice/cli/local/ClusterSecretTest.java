// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.cli.CommandFailure;
import dev.sluice.stream.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterSecretTest {

    @TempDir
    Path directory;

    @Test
    void shouldReadBackWhatItKeptLast() {
        Path file = directory.resolve(".sluice").resolve("cluster-secret");
        Secret second = ClusterSecret.random();

        ClusterSecret.write(file, ClusterSecret.random());
        ClusterSecret.write(file, second);

        assertThat(ClusterSecret.read(file)).isEqualTo(second);
    }

    @Test
    void shouldLetNobodyElseRead() throws IOException {
        Path file = directory.resolve("cluster-secret");

        ClusterSecret.write(file, ClusterSecret.random());

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var left = Files.list(directory)) {
            assertThat(left).as("no temporary file is left").containsExactly(file);
        }
    }

    @Test
    void shouldBeAnotherEachTimeAndLongEnoughForHs256() {
        Secret secret = ClusterSecret.random();

        assertThat(secret).isNotEqualTo(ClusterSecret.random());
        assertThat(secret.value()).hasSize(43);
    }

    @Test
    void shouldSayWhatToDoWhenThereIsNone() {
        Path file = directory.resolve("none");

        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> ClusterSecret.read(file))
                .withMessage("there is no " + file + "; start a cluster first: ./sluice cluster 3");
    }
}

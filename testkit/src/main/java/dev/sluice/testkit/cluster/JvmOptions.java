// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How the JVMs of a test cluster are made to start fast: most live for seconds, of which they spend more processor time on loading and compiling classes than on anything that is
 * tested. By system properties, for {@code mvn verify} wants it and {@code ./sluice chaos} does not.
 */
final class JvmOptions {

    /** Options for every process, separated by spaces. */
    static final String OPTIONS = "sluice.nodes.options";

    /** A file of classes made ready (CDS), for processes of the {@code sluice.jar} alone: a JVM takes it for the very class path that it was made with. */
    static final String ARCHIVE = "sluice.nodes.archive";

    private JvmOptions() {}

    /** What was asked for; nothing by default. */
    static List<String> more() {
        return Stream.of(System.getProperty(OPTIONS, "").split(" +", -1))
                .filter(option -> !option.isEmpty())
                .toList();
    }

    /** The option that names the archive, for this jar; none when there is no archive, or another jar is started. */
    static List<String> archive(Path jar) {
        Optional<Path> archive =
                Optional.ofNullable(System.getProperty(ARCHIVE)).map(Path::of);
        if (archive.filter(Files::exists).isEmpty() || !jar.equals(Launcher.jar())) {
            return List.of();
        }
        return List.of("-XX:SharedArchiveFile=" + archive.get());
    }
}

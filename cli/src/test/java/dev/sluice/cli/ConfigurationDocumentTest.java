// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.config.ConfigKey;
import dev.sluice.stream.config.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/configuration.md and the code say the same. */
class ConfigurationDocumentTest {

    private static final Pattern ROW =
            Pattern.compile("^\\| `([A-Za-z.]+)` \\| `(SLUICE_[A-Z_]+)` \\| (none|`[^`]*`|true|false) \\| (.+) \\|$");

    private static List<Matcher> rows;

    @BeforeAll
    static void read() throws IOException {
        rows = Files.readAllLines(Path.of("../docs/configuration.md")).stream()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .toList();
    }

    static Stream<ConfigKey> keys() {
        return ConfigLoader.keys(SluiceConfig.defaults()).stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    void shouldNameEveryKeyWithItsVariableAndDefault(ConfigKey key) {
        Matcher row = rows.stream()
                .filter(candidate -> candidate.group(1).equals(key.name()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("docs/configuration.md has no row for " + key.name()));
        assertThat(row.group(2)).isEqualTo(key.variable());
        String documented = row.group(3).replace("`", "");
        assertThat(documented).isEqualTo(plain(key.defaultValue()));
        assertThat(row.group(4)).hasSizeGreaterThan(15);
    }

    private static String plain(String yaml) {
        if (yaml == null || yaml.equals("null") || yaml.equals("[]") || yaml.equals("{}")) {
            return "none";
        }
        return yaml.replaceAll("^\\[|\\]$|^- ", "").replace("\"", "").strip();
    }

    @Test
    void shouldMarkTheKeysThatMayChange() {
        assertThat(rows.stream().filter(row -> row.group(4).contains(" Live")).map(row -> row.group(1)))
                .containsExactlyInAnyOrderElementsOf(ConfigReload.LIVE_KEYS);
    }

    @Test
    void shouldNameNoKeyThatDoesNotExist() {
        assertThat(rows.stream().map(row -> row.group(1)))
                .containsExactlyInAnyOrderElementsOf(keys().map(ConfigKey::name).toList());
    }
}

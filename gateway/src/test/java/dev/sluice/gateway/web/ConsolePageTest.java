// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The console as the gateway serves it: under the same policy as the demo page, where a slip shows up only as a page that does nothing. */
class ConsolePageTest {

    private static final Path RESOURCES = Path.of("src/main/resources");
    private static final Path CONSOLE = RESOURCES.resolve("console");

    private static List<String> all(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private static List<Path> scripts() throws IOException {
        try (Stream<Path> files = Files.list(CONSOLE)) {
            return files.filter(file -> file.toString().endsWith(".js")).toList();
        }
    }

    @Test
    void shouldHaveNothingInlineAndReferToOwnFilesOnly() throws IOException {
        String html = Files.readString(CONSOLE.resolve("index.html"));

        assertThat(html).doesNotContainPattern("<script(?![^>]*src=)").doesNotContain("<style");
        assertThat(html).doesNotContainPattern("\\s(style|on[a-z]+)=").doesNotContain("javascript:");
        List<String> references = all("(?:src|href)=\"([^\"]*)\"", html);
        assertThat(references).hasSizeGreaterThan(4).allSatisfy(reference -> assertThat(RESOURCES.resolve(reference))
                .isRegularFile());
    }

    @Test
    void shouldNeverParseTextAsHtmlNorAskElsewhereNorKeepTheTokenLonger() throws IOException {
        assertThat(scripts()).hasSizeGreaterThan(8);
        for (Path script : scripts()) {
            String text = Files.readString(script);
            assertThat(text)
                    .as(script.toString())
                    .doesNotContainPattern(
                            "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\(|new Function")
                    .doesNotContainPattern("https?://|localStorage|document\\.cookie|access_token");
            assertThat(all("from '\\./([^']+)'", text)).allSatisfy(imported -> assertThat(CONSOLE.resolve(imported))
                    .isRegularFile());
        }
    }

    @Test
    void shouldHaveEveryElementThatTheScriptsLookFor() throws IOException {
        String html = Files.readString(CONSOLE.resolve("index.html"));
        for (Path script : scripts()) {
            assertThat(all("(?:get|setText|rows)\\('([a-z-]+)'", Files.readString(script)))
                    .as(script.toString())
                    .allSatisfy(id -> assertThat(html).contains("id=\"" + id + '"'));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The demo page as the gateway serves it: under a content security policy without inline code and without any other
 * origin, where a slip shows up only as a page that does nothing.
 */
class DemoPageTest {

    private static final Path WEB = Path.of("src/main/resources/web");
    private static final Pattern REFERENCE = Pattern.compile("(?:src|href)=\"([^\"]*)\"");
    private static final Pattern IMPORT = Pattern.compile("from '\\./([^']+)'");

    @Test
    void shouldHaveNothingInlineWhenScriptsAndStylesMustBeFiles() throws IOException {
        String html = read("index.html");

        assertThat(html).doesNotContainPattern("<script(?![^>]*src=)").doesNotContain("<style");
        assertThat(html).doesNotContainPattern("\\s(style|on[a-z]+)=").doesNotContain("javascript:");
    }

    @Test
    void shouldReferToOwnFilesOnlyAndAllOfThemExist() throws IOException {
        List<String> references = all(REFERENCE, read("index.html"));

        assertThat(references).hasSizeGreaterThan(4);
        for (String reference : references) {
            if (!reference.startsWith("#")) {
                assertThat(reference).startsWith("web/");
                assertThat(WEB.resolveSibling(reference)).isRegularFile();
            }
        }
    }

    @Test
    void shouldImportEveryScriptThatIsThereAndNoOther() throws IOException {
        Set<String> imported = new TreeSet<>(Set.of("demo.js"));
        for (String script : scripts()) {
            imported.addAll(all(IMPORT, read(script)));
        }

        assertThat(imported).containsExactlyElementsOf(scripts());
    }

    @Test
    void shouldRunOnThePackagedClientAndOnNoProtocolOfItsOwn() throws IOException {
        Pattern elsewhere = Pattern.compile("from '(\\.\\./[^']+)'");
        Set<String> others = new TreeSet<>();
        for (String script : scripts()) {
            others.addAll(all(elsewhere, read(script)));
            assertThat(read(script)).as(script).doesNotContain("handshake", "realtime/stream", "sluice.v2");
        }

        assertThat(others).containsExactly("../client/index.js");
        assertThat(DemoPageTest.class.getResource("/META-INF/sluice/client/index.js"))
                .as("what the gateway serves as /client/index.js")
                .isNotNull();
    }

    @Test
    void shouldNeverParseTextAsHtmlOrCode() throws IOException {
        for (String script : scripts()) {
            assertThat(read(script))
                    .as(script)
                    .doesNotContainPattern(
                            "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\(|new Function")
                    .doesNotContainPattern("https?://");
        }
    }

    @Test
    void shouldFindEveryElementItAsksForWhenTheScriptRuns() throws IOException {
        String html = read("index.html");
        Pattern lookup = Pattern.compile("(?:byId|setText|setDetail)\\('([^']+)'");

        for (String script : scripts()) {
            for (String id : all(lookup, read(script))) {
                assertThat(html).as("element that %s asks for", script).contains("id=\"" + id + "\"");
            }
        }
    }

    private static Set<String> scripts() throws IOException {
        try (Stream<Path> files = Files.list(WEB)) {
            return new TreeSet<>(files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".js"))
                    .toList());
        }
    }

    private static List<String> all(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.results().map(result -> result.group(1)).toList();
    }

    private static String read(String name) throws IOException {
        try (InputStream in = DemoPageTest.class.getResourceAsStream("/web/" + name)) {
            assertThat(in).as(name + " on the class path").isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.tracing;

import dev.sluice.stream.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the headers for the collector, one {@code name: value} a line. What is wrong is told by its line, never by its text. */
final class CollectorHeaders {

    /** Tokens of RFC 9110, and visible text. */
    private static final Pattern HEADER = Pattern.compile(
            "([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*([\\x21-\\x7e](?:[\\x20-\\x7e]*[\\x21-\\x7e])?)[ \\t]*");

    private CollectorHeaders() {}

    static Map<String, String> read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new ConfigException("tracing.headersFile: cannot read " + file + " as text");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                Matcher header = HEADER.matcher(lines.get(i));
                if (!header.matches()) {
                    throw new ConfigException(
                            "tracing.headersFile: line " + (i + 1) + " of " + file + " must be 'name: value'");
                }
                headers.put(header.group(1), header.group(2));
            }
        }
        return headers;
    }
}

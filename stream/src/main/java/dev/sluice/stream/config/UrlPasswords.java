// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.config;

import java.util.regex.Pattern;

/** Takes passwords out of URLs before those are printed. */
final class UrlPasswords {

    private static final Pattern PASSWORD = Pattern.compile("(://[^/@\\s:]*:)[^/\\s]*@");

    private UrlPasswords() {}

    /** The text with {@code scheme://user:password@host} made {@code scheme://user:(redacted)@host}. */
    static String redact(String text) {
        return PASSWORD.matcher(text).replaceAll("$1" + Secret.REDACTED + "@");
    }
}

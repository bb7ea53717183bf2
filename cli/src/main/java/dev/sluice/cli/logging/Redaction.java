// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.logging;

import java.util.regex.Pattern;

/**
 * Takes tokens out of text before it is written. Our own code never logs one; this is for the messages of libraries and for
 * exceptions that quote a URL or a header.
 */
final class Redaction {

    private static final String REDACTED = "(redacted)";

    private static final Pattern IN_QUERY = Pattern.compile("(?i)(access_token=)[^&\\s\"'<>]+");

    private static final Pattern IN_HEADER = Pattern.compile("(?i)(\\bBearer\\s+)[A-Za-z0-9._~+/-]{8,}=*");

    /** Three base64url parts of which the first begins as every JSON object does. */
    private static final Pattern JWT = Pattern.compile("\\beyJ[A-Za-z0-9_-]{5,}\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*");

    private Redaction() {}

    /** The text without tokens. */
    static String redact(String text) {
        String clean = IN_QUERY.matcher(text).replaceAll("$1" + REDACTED);
        clean = IN_HEADER.matcher(clean).replaceAll("$1" + REDACTED);
        return JWT.matcher(clean).replaceAll(REDACTED);
    }
}

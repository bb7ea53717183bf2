// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * An attribute as it travels in a header.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values">
 *     HTTP protocol binding, section 3.1.3.2</a>
 */
final class HeaderValue {

    private static final int HEX = 16;

    private HeaderValue() {}

    /**
     * Takes off double quotes, then percent-encoding, once each.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    static String decode(String header) {
        String text = unquoted(header.trim());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~') {
                throw new IllegalArgumentException("has a character that must be percent-encoded");
            }
            if (c == '%') {
                bytes.write(encoded(text, i));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("is not UTF-8 behind its percent-encoding", e);
        }
    }

    private static int encoded(String text, int percent) {
        int high = percent + 2 < text.length() ? digit(text.charAt(percent + 1)) : -1;
        int low = high < 0 ? -1 : digit(text.charAt(percent + 2));
        if (low < 0) {
            throw new IllegalArgumentException("has a % without two hexadecimal digits behind it");
        }
        return high * HEX + low;
    }

    /** {@link Character#digit} alone would take the digits of all scripts. */
    private static int digit(char c) {
        return c <= '~' ? Character.digit(c, HEX) : -1;
    }

    private static String unquoted(String text) {
        if (text.length() < 2 || text.charAt(0) != '"' || text.charAt(text.length() - 1) != '"') {
            return text;
        }
        StringBuilder bare = new StringBuilder(text.length());
        for (int i = 1; i < text.length() - 1; i++) {
            if (text.charAt(i) == '\\' && i < text.length() - 2) {
                i++;
            }
            bare.append(text.charAt(i));
        }
        return bare.toString();
    }
}

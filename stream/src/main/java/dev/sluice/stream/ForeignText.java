// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

/** Text that strangers wrote, before it decides something or is shown. */
public final class ForeignText {

    private static final int REPLACEMENT = 0xFFFD;

    private ForeignText() {}

    /**
     * Whether every surrogate has its other half. Half a character has no UTF-8 form: encoders write a question mark in its place, so two
     * texts that differ on one node would be one on the next.
     */
    public static boolean isWellFormed(String text) {
        // Every event passes here several times: a stream of code points would be a dozen objects each time.
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /** Whether it is well-formed and has no control characters. */
    static boolean isShowable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return false;
            }
        }
        return isWellFormed(text);
    }

    /**
     * The beginning of a text, as it may stand in a message: well-formed, and never cut through a character.
     *
     * @param maxLength of the text's own characters; where more were, an ellipsis follows
     */
    public static String excerpt(String text, int maxLength) {
        if (text.length() <= maxLength && isWellFormed(text)) {
            return text;
        }
        StringBuilder excerpt = new StringBuilder(Math.min(text.length(), maxLength) + 1);
        int at = 0;
        while (at < text.length()) {
            int character = text.codePointAt(at);
            int width = Character.charCount(character);
            if (at + width > maxLength) {
                return excerpt.append('…').toString();
            }
            excerpt.appendCodePoint(isHalf(character) ? REPLACEMENT : character);
            at += width;
        }
        return excerpt.toString();
    }

    private static boolean isHalf(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }
}

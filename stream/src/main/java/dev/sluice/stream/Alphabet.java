// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import java.util.BitSet;

/** A set of ASCII characters. Names are held against it for every event on every node, where a regular expression is what costs most. */
final class Alphabet {

    static final Alphabet LOWER_CASE = new Alphabet("abcdefghijklmnopqrstuvwxyz");

    static final Alphabet SERVICE = new Alphabet("abcdefghijklmnopqrstuvwxyz0123456789-");

    static final Alphabet LETTERS_AND_DIGITS =
            new Alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    private final BitSet characters = new BitSet(128);

    private Alphabet(String characters) {
        characters.chars().forEach(this.characters::set);
    }

    boolean has(char character) {
        return characters.get(character);
    }

    /** Whether all characters of the text are in it, from the given one on. */
    boolean hasAllOf(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (!has(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }
}

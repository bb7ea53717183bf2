// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import java.util.random.RandomGenerator;

/**
 * Makes epochs: 71 random bits, so that a stream that was lost and made again never gets an epoch that a client still
 * holds.
 */
final class Epochs {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int LENGTH = 12;

    private Epochs() {}

    static String next(RandomGenerator random) {
        StringBuilder epoch = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            epoch.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return epoch.toString();
    }
}

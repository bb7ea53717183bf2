// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.census;

/**
 * How many connections somebody may have.
 *
 * @param key who, unique over all kinds
 * @param most at least 1
 * @param owner for the client, such as {@code the user}; names nobody
 */
public record Quota(String key, int most, String owner) {

    /** A separator that is in no org and no user that a token can name usefully; a clash costs no more than a shared limit. */
    private static final char SEPARATOR = '\n';

    /** Of a user of an org. */
    public static Quota user(String org, String subject, int most) {
        return new Quota("user" + SEPARATOR + org + SEPARATOR + subject, most, "the user");
    }

    /** Of the long polls of a user of an org. */
    public static Quota polls(String org, String subject, int most) {
        return new Quota("polls" + SEPARATOR + org + SEPARATOR + subject, most, "the user, by long polls,");
    }

    /** Of an org. */
    public static Quota org(String org, int most) {
        return new Quota("org" + SEPARATOR + org, most, "the org");
    }

    /** Of an address. */
    public static Quota address(String address, int most) {
        return new Quota("address" + SEPARATOR + address, most, "your address");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

/**
 * Names a stream: the ordered log of one service of one organisation (PROTOCOL section 1).
 *
 * @param org the tenant, 1 to {@value #MAX_ORG_LENGTH} characters without control characters and without half of a
 *     surrogate pair (in UTF-8, two such orgs would become one); on the gateway it comes only from a verified token
 * @param service the domain of events, {@code [a-z][a-z0-9-]{0,62}}
 */
public record StreamKey(String org, String service) {

    /** The longest org, in characters. */
    public static final int MAX_ORG_LENGTH = 128;

    private static final int MAX_SERVICE_LENGTH = 63;

    /**
     * Checks both parts.
     *
     * @throws IllegalArgumentException naming the part that is wrong and what it may be
     */
    public StreamKey {
        if (!isOrg(org)) {
            throw new IllegalArgumentException(
                    "org must be 1 to " + MAX_ORG_LENGTH + " characters without control characters");
        }
        if (!isService(service)) {
            throw new IllegalArgumentException("service must match [a-z][a-z0-9-]{0,62}, for example 'finance'");
        }
    }

    /** Whether the text can be the name of a service. */
    public static boolean isService(String text) {
        return text != null
                && !text.isEmpty()
                && text.length() <= MAX_SERVICE_LENGTH
                && Alphabet.LOWER_CASE.has(text.charAt(0))
                && Alphabet.SERVICE.hasAllOf(text, 1);
    }

    /** Whether the text can name an organisation. */
    public static boolean isOrg(String text) {
        return text != null && !text.isEmpty() && text.length() <= MAX_ORG_LENGTH && ForeignText.isShowable(text);
    }

    /**
     * The shard that keeps this stream. The same on every JVM and in every release, for it decides where the data lies:
     * {@link String#hashCode()} is specified by its Javadoc, the finaliser is that of MurmurHash3.
     *
     * @param shards how many shards the cluster was formed with
     * @return 0 to {@code shards - 1}
     */
    public int shard(int shards) {
        int h = 31 * org.hashCode() + service.hashCode();
        h ^= h >>> 16;
        h *= 0x85ebca6b;
        h ^= h >>> 13;
        h *= 0xc2b2ae35;
        h ^= h >>> 16;
        return Integer.remainderUnsigned(h, shards);
    }

    @Override
    public String toString() {
        return org + "/" + service;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The fingerprint of an event's (source, id): the first 128 bits of SHA-256 over the two with a zero byte between. Of a
 * fixed size, so that remembering ids costs a bounded amount (P8); cryptographic, because a collision would drop an
 * event silently and ids are chosen by strangers.
 */
public record EventId(long high, long low) {

    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(() -> {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    });

    /** The fingerprint of the pair. */
    public static EventId of(String source, String id) {
        MessageDigest digest = SHA_256.get();
        digest.update(source.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        ByteBuffer hash = ByteBuffer.wrap(digest.digest(id.getBytes(StandardCharsets.UTF_8)));
        return new EventId(hash.getLong(), hash.getLong());
    }
}

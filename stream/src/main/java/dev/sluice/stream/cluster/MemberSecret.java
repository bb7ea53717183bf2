// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.hazelcast.nio.MemberSocketInterceptor;
import dev.sluice.stream.config.Secret;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.Semaphore;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Both ends of a new connection between members prove that they know the secret of the cluster, before Hazelcast reads a byte of it. Who connects sends a greeting and a
 * random number; who accepts answers with one of its own and the proof over both; who connects sends its proof over both; who accepts says welcome. Proofs
 * are HMAC-SHA256 and say which end made them, so none can be sent back or used twice.
 *
 * <p>It protects from those who reach the port, not from those who sit on the way: what follows is neither encrypted nor authenticated.
 *
 * <p>Thread-safe; called on Hazelcast's threads for blocking input and output, of which there are few: so it takes little time, and not all of them.
 */
final class MemberSecret implements MemberSocketInterceptor {

    /** How many strangers may keep a thread each waiting for what they never send; the others are turned away at once. */
    static final int MAX_WAITING = 8;

    private static final byte[] PREFIX = "SLU".getBytes(US_ASCII);
    private static final byte[] GREETING = "ICE-1".getBytes(US_ASCII);
    private static final byte[] CONNECTS = "connects".getBytes(US_ASCII);
    private static final byte[] ACCEPTS = "accepts".getBytes(US_ASCII);
    private static final byte[] WELCOME = {'!'};
    private static final String ALGORITHM = "HmacSHA256";
    private static final int NUMBER_BYTES = 32;
    private static final int PROOF_BYTES = 32;

    private final SecretKeySpec key;
    private final Duration limit;
    private final SecureRandom random = new SecureRandom();
    private final Semaphore waiting = new Semaphore(MAX_WAITING);

    /**
     * For one cluster.
     *
     * @param cluster its name: clusters of one secret stay apart
     * @param limit how long the other end may take in all
     */
    MemberSecret(Secret secret, String cluster, Duration limit) {
        byte[] bytes = secret.value().getBytes(UTF_8);
        this.key = new SecretKeySpec(
                hmac(new SecretKeySpec(bytes, ALGORITHM), "sluice member".getBytes(US_ASCII), cluster.getBytes(UTF_8)),
                ALGORITHM);
        this.limit = limit;
    }

    @Override
    public void init(Properties properties) {
        // all it needs it has
    }

    @Override
    public void onConnect(Socket socket) throws IOException {
        TimedSocket peer = new TimedSocket(socket, limit);
        byte[] ours = number();
        peer.write(PREFIX, GREETING, ours);
        byte[] theirs = peer.read(NUMBER_BYTES);
        require(peer.read(PROOF_BYTES), proof(ACCEPTS, ours, theirs), socket);
        peer.write(proof(CONNECTS, ours, theirs));
        require(peer.read(WELCOME.length), WELCOME, socket);
        peer.release();
    }

    @Override
    public void onAccept(Socket socket) throws IOException {
        if (!waiting.tryAcquire()) {
            throw new StrangerException("too many that prove nothing are waiting", socket);
        }
        try {
            TimedSocket peer = new TimedSocket(socket, limit);
            // A member without a secret sends three bytes and waits.
            require(peer.read(PREFIX.length), PREFIX, socket);
            require(peer.read(GREETING.length), GREETING, socket);
            byte[] theirs = peer.read(NUMBER_BYTES);
            byte[] ours = number();
            peer.write(ours, proof(ACCEPTS, theirs, ours));
            require(peer.read(PROOF_BYTES), proof(CONNECTS, theirs, ours), socket);
            peer.write(WELCOME);
            peer.release();
        } finally {
            waiting.release();
        }
    }

    private byte[] number() {
        byte[] number = new byte[NUMBER_BYTES];
        random.nextBytes(number);
        return number;
    }

    /** Over the numbers of who connects and of who accepts, in this order. */
    private byte[] proof(byte[] end, byte[] ofConnecting, byte[] ofAccepting) {
        return hmac(key, end, ofConnecting, ofAccepting);
    }

    private static byte[] hmac(SecretKeySpec key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            for (byte[] part : parts) {
                mac.update(part);
                mac.update((byte) 0); // no two lists of parts look alike: all but the last are of fixed length
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    private static void require(byte[] sent, byte[] expected, Socket socket) throws StrangerException {
        if (!MessageDigest.isEqual(sent, expected)) {
            throw new StrangerException("it does not know the secret of this cluster", socket);
        }
    }

    /** Hazelcast logs it and closes the socket; without a stack, for a stranger may come often. */
    static final class StrangerException extends IOException {

        private static final long serialVersionUID = 1L;

        StrangerException(String reason, Socket socket) {
            super("refused " + socket.getRemoteSocketAddress() + " at the port of the members: " + reason
                    + " (cluster.secret)");
        }

        @Override
        public Throwable fillInStackTrace() {
            return this;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides as another trust manager does and writes to the log who was refused: Vert.x closes such a connection without a word. At most a line a second, for a
 * stranger may come as often as he likes. Called on event loops and worker threads.
 */
final class WatchedTrust extends X509ExtendedTrustManager {

    /** What the log says of a stranger. */
    static final String REFUSED = "the event bus refused a connection: its certificate is not believed";

    private static final Logger LOGGER = LoggerFactory.getLogger(WatchedTrust.class);
    private static final long BETWEEN_LINES_NANOS = Duration.ofSeconds(1).toNanos();

    private final X509ExtendedTrustManager decides;
    private final AtomicLong lastLine = new AtomicLong(System.nanoTime() - BETWEEN_LINES_NANOS);

    WatchedTrust(X509ExtendedTrustManager decides) {
        this.decides = decides;
    }

    private interface Check {
        void run() throws CertificateException;
    }

    private void watch(X509Certificate[] chain, String from, Check check) throws CertificateException {
        try {
            check.run();
        } catch (CertificateException e) {
            long now = System.nanoTime();
            long last = lastLine.get();
            if (now - last >= BETWEEN_LINES_NANOS && lastLine.compareAndSet(last, now)) {
                LOGGER.atWarn()
                        .addKeyValue("address", from)
                        .addKeyValue("subject", chain[0].getSubjectX500Principal())
                        .addKeyValue("cause", e.getMessage())
                        .log(REFUSED);
            }
            throw e;
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        watch(chain, engine.getPeerHost(), () -> decides.checkClientTrusted(chain, authType, engine));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        watch(
                chain,
                String.valueOf(socket.getInetAddress()),
                () -> decides.checkClientTrusted(chain, authType, socket));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        watch(chain, "unknown", () -> decides.checkClientTrusted(chain, authType));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        decides.checkServerTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        decides.checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        decides.checkServerTrusted(chain, authType);
    }

    /** Nobody is named: who is told whom we believe, and has no such certificate, shows none, and then nobody asks us. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}

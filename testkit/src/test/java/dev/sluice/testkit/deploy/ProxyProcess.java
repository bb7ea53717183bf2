// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.deploy;

import dev.sluice.testkit.cluster.TestCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/** haproxy or nginx, run with the configuration under {@code deploy/}, in which only addresses are other ones. */
public final class ProxyProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(30);

    private final Process process;
    private final int port;

    private ProxyProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts haproxy; skips the test when it is not installed.
     *
     * @param nodes {@code host:port} of three nodes; not all of them need to be there
     */
    public static ProxyProcess haproxy(Path folder, List<String> nodes) throws IOException {
        Tool tool = Tool.require("haproxy");
        Path config = folder.resolve("haproxy.cfg");
        return start(config, nodes, ProxyProcess::haproxyConfig, tool.command("-db", "-f", config));
    }

    /**
     * The same before nodes that speak TLS, as localhost.
     *
     * @param authority the certificate of who signed for them
     */
    public static ProxyProcess haproxyToTls(Path folder, List<String> nodes, Path authority) throws IOException {
        Tool tool = Tool.require("haproxy");
        Path config = folder.resolve("haproxy-" + authority.getFileName() + ".cfg");
        return start(
                config,
                nodes,
                (port, servers) -> haproxyToTlsConfig(port, servers, authority),
                tool.command("-db", "-f", config));
    }

    private static String haproxyToTlsConfig(int port, List<String> nodes, Path authority) {
        String config = haproxyConfig(port, nodes);
        String tls = config.replace("    default-server check ", "    # default-server check ")
                .replace("    # default-server ssl ", "    default-server ssl ")
                .replace("/etc/haproxy/nodes.pem", authority.toString())
                .replace("gateway.example.com", "localhost");
        if (!tls.contains("\n    default-server ssl verify required ca-file " + authority)) {
            throw new IllegalStateException("haproxy.cfg has no line for nodes that speak TLS");
        }
        return tls;
    }

    /** The same with nginx. */
    public static ProxyProcess nginx(Path folder, List<String> nodes) throws IOException {
        Tool tool = Tool.require("nginx");
        Path config = folder.resolve("nginx.conf");
        String where = "daemon off; pid " + folder.resolve("nginx.pid") + ";";
        return start(config, nodes, ProxyProcess::nginxConfig, tool.command("-e", "stderr", "-c", config, "-g", where));
    }

    private static ProxyProcess start(
            Path config, List<String> nodes, BiFunction<Integer, List<String>, String> text, List<String> command)
            throws IOException {
        int port = freePort();
        Files.writeString(config, text.apply(port, nodes));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        config.resolveSibling(config.getFileName() + ".log").toFile())
                .start();
        ProxyProcess started = new ProxyProcess(process, port);
        TestCluster.awaitUntil(START, command + " listens", started::listens);
        return started;
    }

    static String haproxyConfig(int port, List<String> nodes) {
        String config = read("haproxy/haproxy.cfg").replace("bind :4000", "bind 127.0.0.1:" + port);
        for (int i = 1; i <= nodes.size(); i++) {
            config = config.replace(
                    "server node-" + i + " node-" + i + ":4000", "server node-" + i + " " + nodes.get(i - 1));
        }
        return config;
    }

    static String nginxConfig(int port, List<String> nodes) {
        String config = read("nginx/nginx.conf").replace("listen 4000;", "listen 127.0.0.1:" + port + ";");
        for (int i = 1; i <= nodes.size(); i++) {
            config = config.replace("server node-" + i + ":4000", "server " + nodes.get(i - 1));
        }
        return config;
    }

    private static String read(String file) {
        try {
            return Files.readString(Tool.DEPLOY.resolve(file));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** One that nobody listens on now. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean listens() {
        if (!process.isAlive()) {
            throw new AssertionError("the proxy ended with " + process.exitValue());
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Where clients go. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

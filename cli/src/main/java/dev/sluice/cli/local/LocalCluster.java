// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.local;

import dev.sluice.cli.CommandFailure;
import dev.sluice.stream.config.Secret;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Some gateway nodes and a publisher as processes of their own on this machine: the same program, the same configuration, told
 * apart by variables. Call {@link #start()}, then {@link #awaitEnd()}; {@link #stop()} may come from another thread.
 */
public final class LocalCluster {

    private static final Duration FIRST_MEMBER_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration READY_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(200);

    private final LocalClusterPlan plan;
    private final List<String> program;
    private final List<String> arguments;
    private final Secret secret;
    private final PrintWriter out;
    private final String clusterName =
            "sluice-local-" + Integer.toHexString(ThreadLocalRandom.current().nextInt());
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<ChildProcess> children = new ArrayList<>(); // guarded by itself
    private volatile boolean stopping;

    /**
     * A cluster that is not started yet.
     *
     * @param program the command that runs this program, without a verb
     * @param arguments what follows the verb
     * @param secret what its nodes verify tokens with
     * @param out gets the progress and what the processes write
     */
    public LocalCluster(
            LocalClusterPlan plan, List<String> program, List<String> arguments, Secret secret, PrintWriter out) {
        this.plan = plan;
        this.program = List.copyOf(program);
        this.arguments = List.copyOf(arguments);
        this.secret = secret;
        this.out = out;
    }

    /**
     * Starts all and waits until each is ready.
     *
     * @throws CommandFailure if a port is taken; if one ends before, or takes too long: then the others are running still
     */
    public void start() throws InterruptedException {
        checkPorts();
        say("starting " + plan.nodes() + " nodes and a publisher as cluster " + clusterName + " …");
        launch("node-1", List.of("node"), plan.port());
        awaitFirstMember(); // so that the others find a cluster instead of forming several and merging them
        for (int i = 2; i <= plan.nodes(); i++) {
            launch("node-" + i, List.of("node"), plan.port() + i - 1);
        }
        launch("publisher", List.of("publisher", "--sample"), plan.publisherPort());
        for (ChildProcess child : snapshot()) {
            awaitReady(child);
        }
    }

    /** Blocks until all have ended, whoever ended them. */
    public void awaitEnd() throws InterruptedException {
        for (ChildProcess child : snapshot()) {
            child.awaitExit();
        }
    }

    /** Asks all to stop, and kills what has not stopped after half a minute. */
    public void stop() {
        stopping = true;
        List<ChildProcess> running = snapshot();
        long deadline = System.nanoTime() + STOP_TIMEOUT.toNanos();
        running.forEach(ChildProcess::askToStop);
        try {
            for (ChildProcess child : running) {
                child.stopBy(deadline);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whoever has such a port would answer in the place of our node, and look ready. */
    private void checkPorts() {
        for (int port = plan.port(); port <= plan.publisherPort(); port++) {
            checkFree(port, "--port");
        }
        for (int port = plan.clusterPort(); port <= plan.clusterPort() + plan.nodes(); port++) {
            checkFree(port, "--cluster-port");
        }
    }

    private static void checkFree(int port, String option) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true); // or connections of an earlier run that still linger would count
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new CommandFailure("port " + port + " is taken; choose others with " + option);
        }
    }

    private void launch(String name, List<String> verb, int port) {
        List<String> command = new ArrayList<>(program);
        command.addAll(verb);
        command.addAll(arguments);
        ChildProcess child = ChildProcess.start(
                name,
                port,
                command,
                environment(name, port),
                line -> say(plan.prefix(name) + line),
                exitCode -> ended(name, exitCode));
        synchronized (children) {
            children.add(child);
        }
    }

    private void ended(String name, int exitCode) {
        if (!stopping) {
            say(name + " has ended with exit code " + exitCode);
        }
    }

    private Map<String, String> environment(String name, int port) {
        Map<String, String> variables = new TreeMap<>();
        variables.put("SLUICE_NODE", name);
        variables.put("SLUICE_GATEWAY_PORT", Integer.toString(port));
        variables.put("SLUICE_PUBLISHER_HTTP_PORT", Integer.toString(port));
        variables.put("SLUICE_AUTH_SECRET", secret.value());
        variables.put(
                "SLUICE_AUTH_JWKS_FILE", ""); // whatever the configuration has: there can be one source of keys only
        variables.put("SLUICE_AUTH_JWKS_URL", "");
        variables.put("SLUICE_CLUSTER_NAME", clusterName);
        variables.put("SLUICE_CLUSTER_MEMBERS", "127.0.0.1");
        variables.put("SLUICE_CLUSTER_HOST", "127.0.0.1");
        variables.put("SLUICE_CLUSTER_PORT", Integer.toString(plan.clusterPort()));
        variables.put("SLUICE_CLUSTER_PORT_COUNT", Integer.toString(plan.nodes() + 1));
        variables.put("SLUICE_CLUSTER_QUORUM", Integer.toString(plan.quorum()));
        // All leave together here, so there is nobody to hand data over to and no reason to wait for it.
        variables.put("SLUICE_CLUSTER_LEAVE_TIMEOUT", "3s");
        variables.put("SLUICE_GATEWAY_DRAIN_WINDOW", "1s");
        if (!System.getenv().containsKey("SLUICE_LOG_FORMAT")
                && !System.getenv().containsKey("SLUICE_LOGGING_FORMAT")) {
            variables.put("SLUICE_LOGGING_FORMAT", "text"); // a pipe would get JSON, but here people read it
        }
        return variables;
    }

    private void awaitFirstMember() throws InterruptedException {
        ChildProcess first = snapshot().get(0);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), plan.clusterPort());
        await(first, FIRST_MEMBER_TIMEOUT, "has not formed a cluster", () -> isListening(address));
    }

    private static boolean isListening(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, (int) POLL.toMillis());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void awaitReady(ChildProcess child) throws InterruptedException {
        await(child, READY_TIMEOUT, "is not ready", () -> child.isReady(http));
        say(child.name() + " is ready on " + child.uri());
    }

    private void await(ChildProcess child, Duration timeout, String complaint, Check check)
            throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            if (!child.isAlive()) {
                throw new CommandFailure(child.name() + " ended before it was ready; its last lines tell why");
            }
            if (check.holds()) {
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new CommandFailure(child.name() + " " + complaint + " after " + timeout.toSeconds() + " s");
            }
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
    }

    private List<ChildProcess> snapshot() {
        synchronized (children) {
            return List.copyOf(children);
        }
    }

    private void say(String line) {
        synchronized (out) { // lines of several processes
            out.println(line);
            out.flush();
        }
    }

    @FunctionalInterface
    private interface Check {
        boolean holds() throws InterruptedException;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.local;

import dev.sluice.cli.CommandFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** One process of the local cluster. */
final class ChildProcess {

    private static final Duration HTTP_TIMEOUT = Duration.ofSeconds(2);

    private final String name;
    private final int port;
    private final Process process;

    private ChildProcess(String name, int port, Process process) {
        this.name = name;
        this.port = port;
        this.process = process;
    }

    /**
     * Starts it with this process's environment and some more.
     *
     * @param port where it will answer HTTP
     * @param output gets every line that it writes, on a thread of its own
     * @param end gets its exit code once it has ended, on the same thread
     */
    static ChildProcess start(
            String name,
            int port,
            List<String> command,
            Map<String, String> environment,
            Consumer<String> output,
            IntConsumer end) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("SLUICE_AUTH_SECRET_FILE"); // the secret comes as itself
        builder.environment().putAll(environment);
        try {
            ChildProcess child = new ChildProcess(name, port, builder.start());
            Thread reader = new Thread(() -> child.read(output, end), name + "-output");
            reader.setDaemon(true);
            reader.start();
            return child;
        } catch (IOException e) {
            throw new CommandFailure(name + " cannot be started: " + e.getMessage());
        }
    }

    private void read(Consumer<String> output, IntConsumer end) {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.accept(line);
            }
        } catch (IOException e) {
            output.accept("(output broken off: " + e.getMessage() + ")"); // as it is when a process is killed
        }
        end.accept(process.onExit().join().exitValue());
    }

    String name() {
        return name;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Whether it says that it is ready. */
    boolean isReady(HttpClient http) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri().resolve("/health/ready"))
                .timeout(HTTP_TIMEOUT)
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false; // it does not listen yet
        }
    }

    void awaitExit() throws InterruptedException {
        process.waitFor();
    }

    /** SIGTERM: it drains and leaves. By its handle, because {@link Process#destroy} would also close its output. */
    void askToStop() {
        process.toHandle().destroy();
    }

    /** Waits until it has ended, and kills it when the time is over. */
    void stopBy(long deadlineNanos) throws InterruptedException {
        if (!process.waitFor(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}

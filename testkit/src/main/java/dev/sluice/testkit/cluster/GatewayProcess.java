// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.cluster;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** A Sluice process of its own, a gateway or a publisher: watched by its JSON log, killed without mercy if asked. */
public final class GatewayProcess implements AutoCloseable {

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration DUMP_TIMEOUT = Duration.ofSeconds(1);
    private static final int LAST_LINES = 8;

    private final String name;
    private final String address;
    private final Process process;
    private final Path logFile;
    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private final List<JsonObject> errors = new ArrayList<>();
    private volatile boolean paused;

    private GatewayProcess(String name, String address, Process process, Path logFile) {
        this.name = name;
        this.address = address;
        this.process = process;
        this.logFile = logFile;
    }

    /**
     * Starts a process; it is not ready yet.
     *
     * @param address where it will answer
     * @param command the whole command
     * @param environment variables besides those of this process
     * @param logFile where its output goes
     */
    static GatewayProcess start(
            String name, String address, List<String> command, Map<String, String> environment, Path logFile)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("SLUICE_"));
        builder.environment().putAll(environment);
        Files.createDirectories(logFile.getParent());
        Files.writeString(logFile, "");
        GatewayProcess started = new GatewayProcess(name, address, builder.start(), logFile);
        Thread reader = new Thread(started::readLog, name + "-log");
        reader.setDaemon(true);
        reader.start();
        return started;
    }

    private void readLog() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Files.writeString(logFile, line + System.lineSeparator(), StandardOpenOption.APPEND);
                look(line);
            }
        } catch (IOException e) {
            // A killed process closes its pipe in the middle of a line.
            port.completeExceptionally(e);
        }
        port.completeExceptionally(new IOException(name + " ended before it was ready; see " + logFile));
    }

    private void look(String line) {
        if (!line.startsWith("{")) {
            return;
        }
        try {
            JsonObject entry = new JsonObject(line);
            if ("ready".equals(entry.getString("event"))) {
                port.complete(Integer.parseInt(entry.getValue("port").toString()));
            }
            if ("ERROR".equals(entry.getString("level"))) {
                synchronized (errors) {
                    errors.add(entry);
                }
            }
        } catch (DecodeException | NumberFormatException e) {
            port.completeExceptionally(new IOException("cannot read the log of " + name + ": " + line, e));
        }
    }

    /** Waits until it listens. */
    void awaitReady(Duration timeout) throws IOException {
        try {
            port.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(name + " cannot get ready: " + e.getCause().getMessage() + lastLines(), e);
        } catch (TimeoutException e) {
            IOException late = new IOException(name + " is not ready after " + timeout + lastLines(), e);
            writeThreads();
            throw late;
        }
    }

    /** For who has nothing but the message of a failure: the file of the log is often gone by then. */
    private String lastLines() {
        try {
            List<String> lines = Files.readAllLines(logFile);
            return lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()).stream()
                    .collect(Collectors.joining(" | ", "; the end of " + logFile + ": ", ""));
        } catch (IOException e) {
            return "; its log cannot be read: " + e.getMessage();
        }
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** The process id, for those who do something to it from outside. */
    public long pid() {
        return process.pid();
    }

    /** Where it answers HTTP, such as {@code http://127.0.0.1:4000}. */
    public URI uri() {
        return URI.create("http://" + address + ":" + port.join());
    }

    /** What it logged as errors. */
    public List<JsonObject> errors() {
        synchronized (errors) {
            return List.copyOf(errors);
        }
    }

    /** Whether its log has a line with this message. */
    public boolean hasLogged(String message) {
        try {
            return Files.readString(logFile).contains(message);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Whether it runs and is not {@linkplain #pause paused}. */
    public boolean isRunning() {
        return isAlive() && !paused;
    }

    /** Stops it in its tracks with SIGSTOP: its connections stay open, nothing is read, answered or sent. */
    public void pause() throws IOException {
        signal("STOP");
        paused = true;
    }

    /** Lets it go on with SIGCONT, as if no time had passed. */
    public void resume() throws IOException {
        paused = false;
        signal("CONT");
    }

    /** By the shell, whose own kill is everywhere. */
    private void signal(String signal) throws IOException {
        Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (kill.waitFor() != 0) {
                throw new IOException("cannot send SIG" + signal + " to " + name + ": " + output.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Waits until it has ended by itself. */
    public void awaitEnd(Duration timeout) throws IOException {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(name + " still runs after " + timeout);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Kills it with SIGKILL: no hook runs, no connection is closed, nobody is told. */
    public void kill9() {
        process.destroyForcibly();
        join();
    }

    /**
     * Stops it with SIGTERM and waits until it is gone; one that is paused is killed. One that does not go is killed, too, after its threads
     * were written to its log, so that the reason can be found.
     */
    @Override
    public void close() {
        if (paused) {
            kill9();
        }
        // Not by the Process: its destroy() also closes the pipe that the log comes through, and how a node stops would
        // be lost.
        process.toHandle().destroy();
        try {
            if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                writeThreads();
                process.destroyForcibly();
                join();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Makes its threads go to its log. */
    private void writeThreads() {
        try {
            signal("QUIT"); // makes a JVM write them to its standard output
            process.waitFor(DUMP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The exit code, once it has ended. */
    public int exitCode() {
        return process.exitValue();
    }

    private void join() {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted while waiting for " + name, e));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.deploy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One bash, into which blocks are pasted one after the other as a person does: variables, functions, folder and background processes stay. The first command that fails ends it. What
 * a block leaves running is killed with the shell, whether it is still its child or wrote its process id into a {@code *.pid} in the shell's home.
 */
final class PastedShell implements AutoCloseable {

    private static final String MARK = "== the block has ended ==";
    private static final String END = "== the shell has ended ==";

    private final Path home;
    private final Process shell;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private int blocks;

    /**
     * Starts it.
     *
     * @param start the folder in which it begins
     * @param home its {@code HOME}, empty
     */
    PastedShell(Path start, Path home) throws IOException {
        this.home = home;
        ProcessBuilder builder =
                new ProcessBuilder("bash", "-e").directory(start.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("SLUICE_"));
        // As the nodes of a test cluster have them; without, ./sluice starts what it always starts.
        builder.environment().put("SLUICE_JAVA_OPTS", System.getProperty("sluice.nodes.options", ""));
        builder.environment().put("HOME", home.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        shell = builder.start();
        Thread reader = new Thread(this::read, "pasted-shell");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader out = shell.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                System.out.println("    " + line);
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add(e.toString());
        }
        lines.add(END);
    }

    /** Runs a block and returns what it printed; fails when one of its commands does, or it takes longer. */
    String paste(String block, Duration limit) throws IOException, InterruptedException {
        blocks++;
        Path file = Files.writeString(home.resolve("block-" + blocks + ".sh"), block);
        // Not from the standard input itself, of which a command could read.
        shell.outputWriter(StandardCharsets.UTF_8)
                .write(". " + file + " < /dev/null; printf '\\n%s\\n' '" + MARK + "'\n");
        shell.outputWriter(StandardCharsets.UTF_8).flush();
        StringBuilder printed = new StringBuilder();
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (MARK.equals(line)) {
                return printed.toString();
            }
            if (line == null || END.equals(line)) {
                String what = line == null ? "did not end within " + limit : "failed";
                throw new AssertionError("this block " + what + ":\n" + block + "\nIt printed:\n" + printed);
            }
            printed.append(line).append('\n');
        }
    }

    /** The ids in the {@code *.pid} files, in the order of their names. */
    List<Long> pids() throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(file -> file.toString().endsWith(".pid"))
                    .sorted()
                    .map(file -> {
                        try {
                            return Long.valueOf(Files.readString(file).strip());
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }

    /** Whether it runs. A process that has ended and that nobody waits for, as in a container without an init, does not. */
    static boolean runs(long pid) {
        try {
            return Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline")).length > 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        shell.descendants().forEach(ProcessHandle::destroyForcibly);
        shell.destroyForcibly();
        pids().stream().filter(PastedShell::runs).forEach(pid -> ProcessHandle.of(pid)
                .ifPresent(ProcessHandle::destroyForcibly));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.network;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The network namespaces of test processes. Their names tell who made them, so that what a crashed one left behind can be removed. */
final class Namespaces {

    private static final Logger LOGGER = LoggerFactory.getLogger(Namespaces.class);

    private static final String PREFIX = "sluice-test-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d+)-.*");
    private static final long KILL_SECONDS = 10;

    private Namespaces() {}

    /** The name of a namespace of this process. */
    static String name(int network, String host) {
        return PREFIX + ProcessHandle.current().pid() + "-" + network + "-" + host;
    }

    static void add(String namespace) throws IOException {
        IpCommand.run("netns", "add", namespace);
        IpCommand.run("-n", namespace, "link", "set", "lo", "up");
    }

    /** Ends what runs in it, then removes it. */
    static void remove(String namespace) throws IOException {
        for (String pid : IpCommand.run("netns", "pids", namespace).lines().toList()) {
            kill(Long.parseLong(pid.strip()));
        }
        IpCommand.run("netns", "delete", namespace);
    }

    private static void kill(long pid) throws IOException {
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        if (process.isEmpty()) {
            return;
        }
        process.get().destroyForcibly();
        try {
            process.get().onExit().get(KILL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException("process " + pid + " does not end", e);
        }
    }

    /** Removes the namespaces, and the processes in them, of test processes that are no more. */
    static void removeLeftovers() throws IOException {
        for (String namespace : list()) {
            OptionalLong maker = maker(namespace);
            if (maker.isEmpty() || ProcessHandle.of(maker.getAsLong()).isPresent()) {
                continue;
            }
            try {
                remove(namespace);
                LOGGER.atInfo().addKeyValue("namespace", namespace).log("removed what an earlier run had left behind");
            } catch (IOException e) {
                // Another run may be doing the same.
                LOGGER.atInfo().setCause(e).addKeyValue("namespace", namespace).log("could not remove a leftover");
            }
        }
    }

    /** All there are, whoever made them. */
    static List<String> list() throws IOException {
        return IpCommand.run("netns", "list")
                .lines()
                .map(line -> line.split(" ", 2)[0])
                .toList();
    }

    private static OptionalLong maker(String namespace) {
        Matcher matcher = NAME.matcher(namespace);
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }
}

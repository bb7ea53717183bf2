// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.cluster;

import dev.sluice.testkit.cluster.inside.HazelcastClock;
import dev.sluice.testkit.cluster.inside.Switches;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Starts the processes of one cluster. Thread-safe. */
final class Launcher {

    private final ClusterPlan plan;
    private final Placement placement;
    private final Map<String, String> common;
    private final Path folder;
    private Path jar;
    private List<String> program;
    private final Map<String, Switches> switches = new HashMap<>();
    private final Map<String, Integer> starts = new HashMap<>();

    /**
     * For one cluster.
     *
     * @param name of the cluster, and of its folder of logs
     * @param secret for its tokens
     * @param jar what is started
     */
    Launcher(ClusterPlan plan, Placement placement, String name, String secret, Path jar) throws IOException {
        this.plan = plan;
        this.placement = placement;
        this.jar = jar;
        this.folder = Path.of(System.getProperty("sluice.logs", "target/cluster-logs"))
                .toAbsolutePath()
                .resolve(name);
        Files.createDirectories(folder);
        this.program = program();
        Map<String, String> settings = new TreeMap<>();
        settings.put("SLUICE_LOG_FORMAT", "json");
        settings.put("SLUICE_GATEWAY_DRAIN_WINDOW", "1s");
        // Most clusters are taken down as a whole: there is nobody to hand data over to and no reason to wait for it.
        settings.put("SLUICE_CLUSTER_LEAVE_TIMEOUT", "3s");
        settings.put("SLUICE_AUTH_SECRET", secret);
        settings.put("SLUICE_CLUSTER_NAME", name);
        settings.put("SLUICE_CLUSTER_QUORUM", Integer.toString(plan.gateways() / 2 + 1));
        this.common = settings;
    }

    /** The jar of this build. */
    static Path jar() {
        String jar = System.getProperty("sluice.jar");
        if (jar == null) {
            throw new IllegalStateException("set the system property sluice.jar to the runnable jar");
        }
        return Path.of(jar).toAbsolutePath().normalize();
    }

    /** What makes the jar run: by itself, or with classes before it, and then what its manifest says must be said by us. */
    private List<String> program() throws IOException {
        List<Path> before = new ArrayList<>(plan.classesBefore());
        if (plan.switches()) {
            Path patched = folder.resolve("patched-classes");
            PatchedClasses.write(jar, patched);
            before.add(patched);
        }
        if (before.isEmpty()) {
            return Stream.concat(JvmOptions.archive(jar).stream(), Stream.of("-jar", jar.toString()))
                    .toList();
        }
        try (JarFile file = new JarFile(jar.toFile())) {
            Attributes manifest = file.getManifest().getMainAttributes();
            List<String> options = new ArrayList<>();
            openings(manifest, "Add-Exports", "--add-exports").forEach(options::add);
            openings(manifest, "Add-Opens", "--add-opens").forEach(options::add);
            options.add("-cp");
            options.add(Stream.concat(before.stream(), Stream.of(jar))
                    .map(Path::toString)
                    .collect(Collectors.joining(File.pathSeparator)));
            options.add(manifest.getValue(Attributes.Name.MAIN_CLASS));
            return options;
        }
    }

    /** What is started from now on. */
    synchronized void useJar(Path other) throws IOException {
        jar = other;
        program = program();
    }

    private static Stream<String> openings(Attributes manifest, String attribute, String option) {
        String packages = manifest.getValue(attribute);
        return packages == null
                ? Stream.empty()
                : Stream.of(packages.strip().split(" +", -1)).flatMap(name -> Stream.of(option, name + "=ALL-UNNAMED"));
    }

    /**
     * Starts a process; it is not ready yet.
     *
     * @param node its name
     * @param verb what the jar is told to be
     */
    synchronized GatewayProcess launch(String node, String verb) throws IOException {
        Map<String, String> environment = environment(node);
        List<String> command = new ArrayList<>(placement.enter(node));
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.add("-Xmx512m");
        command.addAll(JvmOptions.more());
        if (plan.switches()) {
            switches(node).setHaltBeforePush(false); // or what is started again would halt again
            command.add("-D" + Switches.PROPERTY + "=" + switchesFile(node));
            command.add("-D" + HazelcastClock.PROPERTY + "=" + HazelcastClock.class.getName());
        }
        command.addAll(program);
        command.add(verb);
        int start = starts.merge(node, 1, Integer::sum);
        Path log = folder.resolve(node + (start == 1 ? "" : "." + start) + ".log");
        return GatewayProcess.start(node, placement.address(node), command, environment, log);
    }

    /** What a process is configured with. */
    Map<String, String> environment(String node) {
        Map<String, String> environment = new TreeMap<>(common);
        environment.put("SLUICE_NODE", node);
        environment.putAll(placement.settings(node));
        environment.putAll(plan.settings());
        return environment;
    }

    private Path switchesFile(String node) {
        return folder.resolve(node + ".switches");
    }

    /** The switches of a process, the same for all that run under its name. */
    synchronized Switches switches(String node) throws IOException {
        if (!plan.switches()) {
            throw new IllegalStateException("this cluster has no switches, see ClusterPlan.withSwitches");
        }
        Switches known = switches.get(node);
        if (known == null) {
            known = Switches.open(switchesFile(node));
            switches.put(node, known);
        }
        return known;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import dev.sluice.stream.config.Durations;
import dev.sluice.stream.config.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a node finds and talks to the others: the keys {@code cluster.*}. They fill the variables of {@code cluster.xml}.
 *
 * @param name only members of the same name form a cluster; not blank. Default {@code sluice}
 * @param secret what members prove to each other that they know when they connect, at least 32 bytes; the same for all of a cluster. Default none: whoever
 *     reaches {@code port} can join
 * @param members whom to ask for the cluster, {@code host} or {@code host:port}; without a port, {@code portCount} ports from
 *     {@code port} on are tried. Name the ports in production: a node that was cut off and looks for the others waits up to 5 s for each
 *     port at which nobody is. Empty: a cluster of one, which starts at once. Default {@code 127.0.0.1}
 * @param host the address (or a name for it) of this machine on which Hazelcast and the event bus listen; {@code 0.0.0.0}
 *     for all. Default {@code 127.0.0.1}: reachable from this machine only
 * @param port Hazelcast's port, 1 to 65535. Default 5701
 * @param portCount how many ports from {@code port} on to try when one is taken, 1 to 1000. Default 20
 * @param publicAddress the {@code host} or {@code host:port} at which other members reach Hazelcast here, if it is another
 *     one. Default none
 * @param backups how many synchronous copies a shard has beside its owner, 0 to 6: the loss of so many nodes at once loses
 *     nothing that was acknowledged. Default 1
 * @param quorum how many gateway nodes must be together for commits to be accepted, at least 1; more than half of them, or
 *     both sides of a network partition go on. Default 1: no protection
 * @param kubernetesServiceDns the DNS name of the headless service whose addresses are the members; takes the place of
 *     {@code members}. Default none
 * @param busHost where the event bus listens. Default {@code host}
 * @param busPort the event bus's port, 0 to 65535; 0 lets the system choose. Default 0
 * @param busPublicHost where other members reach the event bus. Default: where they reach Hazelcast
 * @param busPublicPort the port at which they do, 0 to 65535; 0: the one it listens on. Default 0
 * @param busTls TLS between the nodes
 * @param configFile a Hazelcast XML to use instead of the {@code cluster.xml} in the artifact. Default none
 * @param joinTimeout how long a start may look for the cluster, 1 s to 1 h. Default 30 s
 * @param leaveTimeout how long a stop may wait until the data has backups elsewhere, 1 s to 1 h. Default 20 s
 */
public record ClusterOptions(
        String name,
        Optional<Secret> secret,
        List<String> members,
        String host,
        int port,
        int portCount,
        Optional<String> publicAddress,
        int backups,
        int quorum,
        Optional<String> kubernetesServiceDns,
        Optional<String> busHost,
        int busPort,
        Optional<String> busPublicHost,
        int busPublicPort,
        BusTlsOptions busTls,
        Optional<Path> configFile,
        Duration joinTimeout,
        Duration leaveTimeout) {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int MAX_PORT = 65_535;
    private static final int MIN_SECRET_BYTES = 32;

    /** Copies the list and checks the bounds. */
    public ClusterOptions {
        members = List.copyOf(members);
        require(!name.isBlank(), "cluster.name must not be blank");
        require(
                secret.isEmpty() || secret.get().value().getBytes(StandardCharsets.UTF_8).length >= MIN_SECRET_BYTES,
                "cluster.secret must have at least " + MIN_SECRET_BYTES
                        + " bytes, for example SLUICE_CLUSTER_SECRET=$(openssl rand -base64 48)");
        require(members.stream().noneMatch(String::isBlank), "cluster.members must not have a blank member");
        require(!host.isBlank(), "cluster.host must not be blank");
        requireRange("cluster.port", port, 1, MAX_PORT);
        requireRange("cluster.portCount", portCount, 1, 1_000);
        requireRange("cluster.backups", backups, 0, 6);
        requireRange("cluster.quorum", quorum, 1, Integer.MAX_VALUE);
        require(
                kubernetesServiceDns.isEmpty() || !host.equals("127.0.0.1"),
                "cluster.host must be the pod's address when cluster.kubernetesServiceDns is set: give it as"
                        + " SLUICE_CLUSTER_HOST from the field status.podIP");
        requireRange("cluster.busPort", busPort, 0, MAX_PORT);
        requireRange("cluster.busPublicPort", busPublicPort, 0, MAX_PORT);
        requireDuration("cluster.joinTimeout", joinTimeout);
        requireDuration("cluster.leaveTimeout", leaveTimeout);
    }

    /** Members on this machine only, one backup, no quorum. */
    public static ClusterOptions defaults() {
        return new ClusterOptions(
                "sluice",
                Optional.empty(),
                List.of("127.0.0.1"),
                "127.0.0.1",
                5701,
                20,
                Optional.empty(),
                1,
                1,
                Optional.empty(),
                Optional.empty(),
                0,
                Optional.empty(),
                0,
                BusTlsOptions.defaults(),
                Optional.empty(),
                Duration.ofSeconds(30),
                Duration.ofSeconds(20));
    }

    /** The same, but a cluster of one under the given name, which looks for nobody. */
    public ClusterOptions alone(String ownName) {
        return new ClusterOptions(
                ownName,
                secret,
                List.of(),
                host,
                port,
                portCount,
                publicAddress,
                backups,
                1,
                Optional.empty(),
                busHost,
                busPort,
                busPublicHost,
                busPublicPort,
                busTls,
                configFile,
                joinTimeout,
                leaveTimeout);
    }

    private static void requireRange(String key, int value, int min, int max) {
        String bounds = max == Integer.MAX_VALUE ? "at least " + min : min + " to " + max;
        require(value >= min && value <= max, key + " must be " + bounds + ", is " + value);
    }

    private static void requireDuration(String key, Duration value) {
        require(
                value.compareTo(SECOND) >= 0 && value.compareTo(HOUR) <= 0,
                key + " must be 1s to 1h, is " + Durations.format(value));
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}

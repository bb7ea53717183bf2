// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.config.XmlConfigBuilder;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.instance.EndpointQualifier;
import dev.sluice.stream.config.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

/** Reads {@code cluster.xml} and fills in its variables. */
public final class ClusterConfig {

    /** The split-brain protection of everything that Sluice keeps in the cluster. */
    public static final String QUORUM = "sluice-quorum";

    private static final String RESOURCE = "/cluster.xml";
    private static final String ANY_ADDRESS = "0.0.0.0";
    private static final String NOBODY = "nobody"; // an empty member element is refused; see dropPlaceholders
    private static final String LOGGING_TYPE = "hazelcast.logging.type";

    static {
        // Hazelcast's static loggers know only this system property; without it they print to the console by
        // themselves.
        if (System.getProperty(LOGGING_TYPE) == null) {
            System.setProperty(LOGGING_TYPE, "slf4j");
        }
    }

    private ClusterConfig() {}

    /**
     * The Hazelcast configuration for the options, from their file or else the one in the artifact. Reads files and may ask
     * DNS: not for an event loop.
     *
     * @throws ConfigException if the file cannot be read, is not a valid configuration or names a variable that does not
     *     exist, or if {@code cluster.host} cannot be resolved
     */
    public static Config load(ClusterOptions options) {
        String source = options.configFile().map(Path::toString).orElse("cluster.xml");
        try (InputStream xml = open(options)) {
            Config config =
                    new XmlConfigBuilder(xml).setProperties(variables(options)).build();
            dropPlaceholders(config, options);
            return config;
        } catch (NoSuchFileException e) {
            throw new ConfigException("cluster.configFile " + source + " does not exist");
        } catch (IOException e) {
            throw new ConfigException("cluster.configFile " + source + " cannot be read: " + e.getMessage());
        } catch (HazelcastException | IllegalArgumentException e) {
            throw new ConfigException(source + " is not a valid Hazelcast configuration: " + firstLine(e));
        }
    }

    private static InputStream open(ClusterOptions options) throws IOException {
        if (options.configFile().isPresent()) {
            return Files.newInputStream(options.configFile().get());
        }
        InputStream resource = ClusterConfig.class.getResourceAsStream(RESOURCE);
        if (resource == null) {
            throw new IllegalStateException("the build puts cluster.xml into this artifact");
        }
        return resource;
    }

    private static Properties variables(ClusterOptions options) {
        boolean kubernetes = options.kubernetesServiceDns().isPresent();
        boolean anyAddress = options.host().equals(ANY_ADDRESS);
        Properties variables = new Variables();
        variables.setProperty("sluice.cluster.name", options.name());
        variables.setProperty("sluice.cluster.port", Integer.toString(options.port()));
        variables.setProperty("sluice.cluster.port-count", Integer.toString(options.portCount()));
        variables.setProperty(
                "sluice.cluster.public-address", options.publicAddress().orElse(""));
        variables.setProperty("sluice.cluster.tcp-ip.enabled", Boolean.toString(!kubernetes));
        variables.setProperty(
                "sluice.cluster.members", options.members().isEmpty() ? NOBODY : String.join(",", options.members()));
        variables.setProperty("sluice.cluster.kubernetes.enabled", Boolean.toString(kubernetes));
        variables.setProperty(
                "sluice.cluster.kubernetes.service-dns",
                options.kubernetesServiceDns().orElse(""));
        variables.setProperty("sluice.cluster.interface.enabled", Boolean.toString(!anyAddress));
        variables.setProperty("sluice.cluster.interface", anyAddress ? ANY_ADDRESS : address(options.host()));
        variables.setProperty("sluice.cluster.bind-any", Boolean.toString(anyAddress));
        variables.setProperty("sluice.cluster.backups", Integer.toString(options.backups()));
        variables.setProperty("sluice.cluster.quorum", Integer.toString(Math.max(2, options.quorum()))); // 1 is refused
        variables.setProperty("sluice.cluster.quorum.enabled", Boolean.toString(options.quorum() > 1));
        variables.setProperty("sluice.cluster.join-seconds", wholeSeconds(options.joinTimeout()));
        variables.setProperty("sluice.cluster.leave-seconds", wholeSeconds(options.leaveTimeout()));
        return variables;
    }

    /** Hazelcast compares interfaces as numbers. */
    private static String address(String host) {
        try {
            return InetAddress.getByName(host).getHostAddress();
        } catch (UnknownHostException e) {
            throw new ConfigException("cluster.host '" + host + "' cannot be resolved to an address");
        }
    }

    private static String wholeSeconds(Duration duration) {
        return Long.toString(duration.plusMillis(999).toSeconds());
    }

    /** What a variable cannot say is that there shall be nothing: Hazelcast would look for a host of no name. */
    private static void dropPlaceholders(Config config, ClusterOptions options) {
        if (config.getAdvancedNetworkConfig().isEnabled()) {
            AdvancedNetworkConfig network = config.getAdvancedNetworkConfig();
            if (network.getEndpointConfigs().get(EndpointQualifier.MEMBER)
                            instanceof ServerSocketEndpointConfig endpoint
                    && isBlank(endpoint.getPublicAddress())) {
                endpoint.setPublicAddress(null);
            }
            dropNobody(network.getJoin(), options);
        } else { // a copy of the file that was made before, or somebody's own
            NetworkConfig network = config.getNetworkConfig();
            if (isBlank(network.getPublicAddress())) {
                network.setPublicAddress(null);
            }
            dropNobody(network.getJoin(), options);
        }
    }

    private static boolean isBlank(String publicAddress) {
        return publicAddress != null && publicAddress.isBlank();
    }

    private static void dropNobody(JoinConfig join, ClusterOptions options) {
        if (options.members().isEmpty()) {
            join.getTcpIpConfig().clear();
        }
    }

    /** Hazelcast would log a variable that does not exist and take its text as the value; a misspelt one must stop the start. */
    private static final class Variables extends Properties {

        private static final long serialVersionUID = 1L;

        @Override
        public String getProperty(String name) {
            String value = super.getProperty(name);
            if (value == null) {
                throw new IllegalArgumentException("there is no variable ${" + name + "}");
            }
            return value;
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.network;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hosts on a {@link Wire}: a network namespace for each, in which processes are run with {@link #enter}, and {@link #CLIENTS}, which is the
 * machine itself. They reach each other by their {@linkplain #address addresses} and by nothing else; they have no way to the world.
 *
 * <p>Needs Linux, root (or what it takes to make namespaces), {@code /dev/net/tun} and {@code ip}: see {@link #unavailable()}. Addresses are
 * of 198.18.0.0/15, which is set aside for measuring networks (RFC 2544), so nobody's real network is hidden.
 */
public final class VirtualNetwork implements AutoCloseable {

    /** The host that this process and all others outside the namespaces are. */
    public static final String CLIENTS = "clients";

    private static final Logger LOGGER = LoggerFactory.getLogger(VirtualNetwork.class);

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final int SUBNETS = 512;
    private static final int MAX_HOSTS = 250;
    private static final int CLIENTS_NUMBER = 254;
    /** What waits for a reader that is late is not lost: only the rules shall lose. */
    private static final String QUEUE_PACKETS = "10000";

    private final int number = NUMBERS.incrementAndGet();
    private final Wire wire;
    private final Map<String, String> addresses = new LinkedHashMap<>();
    private final List<String> namespaces = new ArrayList<>();
    private int devices;
    private String subnet;

    private VirtualNetwork(long seed) {
        this.wire = new Wire(seed);
    }

    /**
     * Makes a network.
     *
     * @param hosts their names, letters, digits and hyphens; at most 250
     * @param seed decides all that is random on the wire
     * @throws IOException when it cannot be made, see {@link #unavailable()}; nothing is left then
     */
    public static VirtualNetwork create(List<String> hosts, long seed) throws IOException {
        if (hosts.size() > MAX_HOSTS || hosts.contains(CLIENTS)) {
            throw new IllegalArgumentException("at most " + MAX_HOSTS + " hosts, none of them called " + CLIENTS);
        }
        Namespaces.removeLeftovers();
        VirtualNetwork network = new VirtualNetwork(seed);
        try {
            network.addClients();
            for (int i = 0; i < hosts.size(); i++) {
                network.addHost(hosts.get(i), i + 1);
            }
            return network;
        } catch (IOException | RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /** Why there can be no such network here; empty when there can. */
    public static Optional<String> unavailable() {
        return Availability.REASON;
    }

    /** Found out once, by trying. */
    private static final class Availability {

        static final Optional<String> REASON = find();

        private static Optional<String> find() {
            if (!System.getProperty("os.name").equals("Linux")) {
                return Optional.of("network namespaces are a thing of Linux");
            }
            if (!Files.isWritable(Path.of(TunDevice.PATH))) {
                return Optional.of(TunDevice.PATH + " is not there or may not be written");
            }
            try {
                create(List.of("probe"), 0).close();
                return Optional.empty();
            } catch (IOException e) {
                return Optional.of(e.getMessage());
            }
        }
    }

    private void addClients() throws IOException {
        TunDevice device = open();
        try {
            IpCommand.run("link", "set", device.name(), "up", "txqueuelen", QUEUE_PACKETS);
            subnet = reserveSubnet(device.name());
            IpCommand.run("address", "add", subnet + CLIENTS_NUMBER + "/32", "dev", device.name());
        } catch (IOException e) {
            device.close();
            throw e;
        }
        attach(CLIENTS, CLIENTS_NUMBER, device);
    }

    /** The route is the reservation: the kernel takes it from one process only, and drops it with the device. */
    private static String reserveSubnet(String device) throws IOException {
        IOException last = null;
        int first = (int) (ProcessHandle.current().pid() % SUBNETS);
        for (int i = 0; i < SUBNETS; i++) {
            int candidate = (first + i) % SUBNETS;
            String prefix = "198." + (18 + candidate / 256) + "." + candidate % 256 + ".";
            try {
                IpCommand.run("route", "add", prefix + "0/24", "dev", device);
                return prefix;
            } catch (IOException e) {
                last = e;
                if (!e.getMessage().contains("File exists")) {
                    throw e;
                }
            }
        }
        throw new IOException("all networks of 198.18.0.0/15 are taken", last);
    }

    private void addHost(String host, int hostNumber) throws IOException {
        String namespace = Namespaces.name(number, host);
        TunDevice device = open();
        try {
            Namespaces.add(namespace);
            namespaces.add(namespace);
            IpCommand.run("link", "set", device.name(), "netns", namespace);
            IpCommand.run("-n", namespace, "address", "add", subnet + hostNumber + "/24", "dev", device.name());
            IpCommand.run("-n", namespace, "link", "set", device.name(), "up", "txqueuelen", QUEUE_PACKETS);
        } catch (IOException e) {
            device.close();
            throw e;
        }
        attach(host, hostNumber, device);
    }

    private TunDevice open() throws IOException {
        devices++;
        return TunDevice.open(
                "slu" + ProcessHandle.current().pid() + "-" + number % 100 + "" + (char) ('a' + devices % 26));
    }

    private void attach(String host, int hostNumber, TunDevice device) throws IOException {
        String address = subnet + hostNumber;
        addresses.put(host, address);
        wire.attach(
                host,
                ByteBuffer.wrap(InetAddress.getByName(address).getAddress()).getInt(),
                device);
    }

    /** The IPv4 address of a host. */
    public String address(String host) {
        String address = addresses.get(host);
        if (address == null) {
            throw new IllegalArgumentException("there is no host " + host);
        }
        return address;
    }

    /** All hosts, {@link #CLIENTS} first. */
    public List<String> hosts() {
        return List.copyOf(addresses.keySet());
    }

    /** What to put before a command so that it runs on a host; the process it becomes is the command's own. */
    public List<String> enter(String host) {
        address(host);
        return host.equals(CLIENTS) ? List.of() : List.of("ip", "netns", "exec", Namespaces.name(number, host));
    }

    /** What the hosts are connected by. */
    public Wire wire() {
        return wire;
    }

    /** Ends whatever runs on the hosts and removes them. */
    @Override
    public void close() {
        wire.close(); // first: a device whose namespace is gone cannot be read
        for (String namespace : namespaces) {
            try {
                Namespaces.remove(namespace);
            } catch (IOException e) {
                LOGGER.atWarn().setCause(e).addKeyValue("namespace", namespace).log("could not be removed");
            }
        }
    }
}

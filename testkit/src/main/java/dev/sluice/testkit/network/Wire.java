// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.network;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries IPv4 packets from host to host by their destination, each directed pair of hosts by a {@link LinkRule} of its own. What is for
 * nobody known, and all but IPv4, vanishes.
 *
 * <p>A thread for each host reads what it sends and writes it on at once; only what a rule delays is copied and waits. Rules may be
 * changed from any thread at any time and hold from the next packet on. Packets that are under way when a rule changes still arrive.
 */
public final class Wire implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Wire.class);

    /** The largest packet in bytes. */
    static final int MAX_PACKET = 65_536;

    private static final int STOP_POLL_MS = 100;
    private static final int MIN_HEADER = 20;
    private static final int DESTINATION_AT = 16;
    private static final int VERSION_4 = 4;

    private record Port(String host, int address, TunDevice device) {}

    private record Pair(String from, String to) {}

    private final long seed;
    private final Map<Integer, Port> ports = new ConcurrentHashMap<>();
    private final Map<Pair, Link> links = new ConcurrentHashMap<>();
    private final DelayLine delayLine = new DelayLine();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    /**
     * A wire without hosts.
     *
     * @param seed decides all that is random; the same packets meet the same fate under the same seed
     */
    Wire(long seed) {
        this.seed = seed;
        start("wire-delay", delayLine::run);
    }

    /** Connects a host; the device is the wire's from now on. */
    synchronized void attach(String host, int address, TunDevice device) {
        Port port = new Port(host, address, device);
        ports.put(address, port);
        start("wire-" + host, () -> carry(port));
    }

    private synchronized void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
    }

    private void carry(Port from) {
        ByteBuffer packet = ByteBuffer.allocateDirect(MAX_PACKET);
        try {
            while (!closed) {
                if (from.device().read(packet, STOP_POLL_MS)) {
                    forward(from, packet);
                }
            }
        } catch (IOException e) {
            if (!closed) {
                LOGGER.atError().setCause(e).addKeyValue("host", from.host()).log("a host fell off the wire");
            }
        }
    }

    private void forward(Port from, ByteBuffer packet) {
        if (packet.limit() < MIN_HEADER || packet.get(0) >>> 4 != VERSION_4) {
            return;
        }
        Port to = ports.get(packet.getInt(DESTINATION_AT));
        if (to == null) {
            return;
        }
        Link link = link(from.host(), to.host());
        long nanos = link.decide();
        if (nanos == Link.LOST) {
            return;
        }
        deliver(packet, to, nanos);
        if (link.isDoubled()) {
            deliver(packet, to, nanos);
        }
    }

    private void deliver(ByteBuffer packet, Port to, long nanos) {
        if (nanos == 0) {
            to.device().write(packet);
        } else {
            delayLine.add(packet, to.device(), nanos);
        }
    }

    private Link link(String from, String to) {
        return links.computeIfAbsent(
                new Pair(from, to), pair -> new Link(seed * 31 + from.hashCode() * 17L + to.hashCode()));
    }

    /** Changes what happens to the packets from one host to another. */
    public void change(String from, String to, UnaryOperator<LinkRule> change) {
        requireHost(from);
        requireHost(to);
        Link link = link(from, to);
        synchronized (link) {
            link.setRule(change.apply(link.rule()));
        }
    }

    /** What happens to the packets from one host to another. */
    public LinkRule rule(String from, String to) {
        return link(from, to).rule();
    }

    /** Everything gets through again, everywhere. */
    public void clear() {
        links.values().forEach(link -> {
            synchronized (link) {
                link.setRule(LinkRule.CLEAR);
            }
        });
    }

    /** How many packets got through from one host to another, those under way included. */
    public long passed(String from, String to) {
        return link(from, to).passed();
    }

    /** How many packets from one host to another were dropped by its rule. */
    public long dropped(String from, String to) {
        return link(from, to).dropped();
    }

    private void requireHost(String host) {
        if (ports.values().stream().noneMatch(port -> port.host().equals(host))) {
            throw new IllegalArgumentException("there is no host " + host + " on the wire");
        }
    }

    /** Stops carrying and removes the devices. */
    @Override
    public void close() {
        closed = true;
        delayLine.close();
        List<Thread> running;
        synchronized (this) {
            running = List.copyOf(threads);
        }
        try {
            for (Thread thread : running) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return; // The devices vanish with the process; closed under a reader they might be another file's.
        }
        ports.values().forEach(port -> port.device().close());
    }
}

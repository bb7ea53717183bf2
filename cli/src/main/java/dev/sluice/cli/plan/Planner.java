// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.plan;

/**
 * How many nodes a load needs. Sessions and shards are taken to be spread evenly over the nodes, the sessions of an org at random.
 */
public final class Planner {

    /** A quorum is left when one node of three is lost, not when one of two is. */
    static final int LEAST_NODES = 3;

    /** More in one Hazelcast cluster is beyond what anybody has tried with this. */
    public static final int MOST_NODES = 1_000;

    private final Costs costs;
    private final NodeSize size;

    /** A planner for nodes of one size. */
    public Planner(Costs costs, NodeSize size) {
        this.costs = costs;
        this.size = size;
    }

    /**
     * A plan.
     *
     * @param nodes how many, one of which may be lost
     * @param normal what each bears while all are there
     * @param oneLost what each of the others bears when one is lost
     */
    public record Plan(int nodes, NodeLoad normal, NodeLoad oneLost) {}

    /**
     * The least number of nodes that bear the load even without one of them.
     *
     * @throws IllegalArgumentException when more nodes do not help: what each of them needs whatever their number is too much for the size
     */
    public Plan plan(Load load) {
        for (int nodes = Math.max(LEAST_NODES, size.backups() + 2); nodes <= MOST_NODES; nodes++) {
            NodeLoad oneLost = perNode(load, nodes - 1);
            if (oneLost.share(size) <= 1) {
                return new Plan(nodes, perNode(load, nodes), oneLost);
            }
        }
        throw new IllegalArgumentException("not even " + MOST_NODES + " nodes of this size are enough, each would need "
                + "more " + perNode(load, MOST_NODES - 1).limit(size)
                + " than it has; take larger nodes, or several clusters");
    }

    /** What each of so many nodes bears. */
    NodeLoad perNode(Load load, int nodes) {
        double sessions = load.sessions() / nodes;
        double streams = streamsHeld(load, nodes);
        double pushes = load.events() * streams / load.streams();
        double buffers = streams * kept(load) * (load.eventBytes() + costs.get("buffer.event.bytes"));
        return new NodeLoad(
                sessions,
                streams,
                buffers,
                memory(load, nodes, sessions, buffers),
                cores(load, nodes, pushes),
                8 * outBytes(load, nodes, pushes),
                8 * inBytes(load, nodes, pushes));
    }

    /** A node holds a stream when at least one of its sessions listens to it. */
    private static double streamsHeld(Load load, int nodes) {
        double listeners = load.sessions() / load.orgs() * load.streamsPerSession() / load.services();
        return load.streams() * (1 - Math.pow(1 - 1.0 / nodes, listeners));
    }

    /** Events of a stream, in the log and in a buffer alike. */
    private double kept(Load load) {
        return Math.min(costs.get("log.events"), load.eventsPerSecond() / load.services() * costs.get("log.seconds"));
    }

    private double memory(Load load, int nodes, double sessions, double buffers) {
        double log = load.streams()
                * kept(load)
                * (load.eventBytes() + costs.get("log.event.bytes"))
                * (1 + Math.min(size.backups(), nodes - 1))
                / nodes;
        double ofSessions =
                sessions * (costs.get("session.bytes") + load.streamsPerSession() * costs.get("subscription.bytes"));
        double heap = (ofSessions + buffers + log) * costs.get("heap.headroom.factor");
        return costs.get("node.bytes") + heap + sessions * costs.get("session.kernel.bytes");
    }

    private double cores(Load load, int nodes, double pushes) {
        double frames = load.deliveries() / nodes / load.eventsPerFrame();
        double bytes = frames * frameBytes(load);
        double nanos = load.sessions() / nodes * costs.get("session.cpu.ns")
                + frames * (costs.get("frame.cpu.ns") + costs.get("delivery.cpu.ns"))
                + bytes * costs.get("byte.cpu.ns")
                + pushes * costs.get("push.cpu.ns")
                + load.events() / nodes * costs.get("commit.cpu.ns");
        return nanos / 1e9;
    }

    private double frameBytes(Load load) {
        return load.eventsPerFrame() * load.eventBytes() + costs.get("frame.bytes");
    }

    private double onTheWire(double bytes) {
        return bytes + Math.ceil(bytes / costs.get("segment.payload.bytes")) * costs.get("segment.bytes");
    }

    /** To clients; of the shards it owns, to the backups; and, published here, to the owners and to the nodes that want the pushes. */
    private double outBytes(Load load, int nodes, double pushes) {
        double toClients = load.deliveries() / nodes / load.eventsPerFrame() * onTheWire(frameBytes(load));
        return toClients + betweenNodes(load, nodes, pushes);
    }

    /** From publishers, and from other nodes what they send: all that one sends another one gets. */
    private double inBytes(Load load, int nodes, double pushes) {
        double published = load.events() / nodes * onTheWire(load.eventBytes());
        return published + betweenNodes(load, nodes, pushes);
    }

    private double betweenNodes(Load load, int nodes, double pushes) {
        double push = onTheWire(load.eventBytes() + costs.get("push.bytes"));
        double copies = 1 + Math.min(size.backups(), nodes - 1);
        return load.events() / nodes * copies * push + pushes * push;
    }
}

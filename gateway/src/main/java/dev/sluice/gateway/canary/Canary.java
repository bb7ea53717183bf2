// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.canary;

import dev.sluice.gateway.hub.Registrations;
import dev.sluice.gateway.loop.EventLoop;
import dev.sluice.stream.bus.ShardProbe;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices within some seconds that pushes of another node do not reach this one, although nothing is published: each round every node calls
 * all others, and sends a probe to every shard that one of them wants; who misses probes that were sent makes its registration again.
 *
 * <p>That they were sent is known from the sender's later calls, or, when those do not come either, from what other nodes have heard of it. So a
 * node that is slow or paused is told as a lossy path by the metrics, and nothing else follows. Two nodes alone cannot tell; there, and
 * when nobody at all is heard, silence leads to repairs, which do no harm.
 *
 * <p>{@link #problem()} and {@link #probed} may be called from any thread; all else is confined to the loop.
 */
public final class Canary {

    /** So many rounds without a word are more than a slow node's jitter. */
    static final int SILENT_ROUNDS = 3;

    private static final Logger LOGGER = LoggerFactory.getLogger(Canary.class);
    /** In place of a shard: the calls themselves, and with them everything. */
    private static final int CALLS = -1;

    private final EventLoop loop;
    private final CanaryWire wire;
    private final Registrations registrations;
    private final Neighbours neighbours;
    private final CanaryOptions options;
    private final CanaryMeters meters;
    private final Map<String, CanaryPeer> peers = new HashMap<>();
    private final Map<Integer, CanaryRepair> repairs = new TreeMap<>();
    private volatile Optional<String> problem = Optional.empty();
    private Runnable end;
    private boolean listening;
    private boolean closed;
    private long round;
    /** Since when nobody was heard, or the calls' registration was made again for it. */
    private int deafRounds;
    /** Found so, and nobody was heard since. */
    private boolean deaf;

    /**
     * Who is in the cluster.
     *
     * @param self the id of this node
     * @param name what it is called
     * @param others the names of the other nodes that have a canary, by id; any thread, must not block
     */
    public record Neighbours(String self, String name, Supplier<Map<String, String>> others) {

        /** Nobody, for a node that is alone. */
        public static Neighbours none(String name) {
            return new Neighbours(name, name, Map::of);
        }
    }

    Canary(
            EventLoop loop,
            CanaryWire wire,
            Registrations registrations,
            Neighbours neighbours,
            CanaryOptions options,
            MeterRegistry registry) {
        this.loop = loop;
        this.wire = wire;
        this.registrations = registrations;
        this.neighbours = neighbours;
        this.options = options;
        this.meters = new CanaryMeters(registry, neighbours.name(), options.interval());
    }

    /** Over the event bus; {@link #start} lets it begin. */
    public static Canary onBus(
            Vertx vertx,
            EventLoop loop,
            Registrations registrations,
            Neighbours neighbours,
            CanaryOptions options,
            MeterRegistry registry) {
        return new Canary(loop, new BusCanaryWire(vertx), registrations, neighbours, options, registry);
    }

    /** Begins, unless it is switched off. */
    public void start() {
        if (options.isOn()) {
            listen();
            schedule();
        }
    }

    /** Why this node should get no traffic: a path to it stays broken. Any thread. */
    public Optional<String> problem() {
        return problem;
    }

    /** A probe came. Any thread. */
    public void probed(int shard, ShardProbe probe) {
        loop.execute(() -> {
            CanaryPeer peer = peers.get(probe.node());
            if (peer != null) {
                peer.probed(shard, probe.round(), loop.now() - probe.sentAt());
            }
        });
    }

    private void schedule() {
        loop.schedule(options.interval().toMillis(), this::tick);
    }

    /** The new registration first, then the old one away. */
    private void listen() {
        listening = true;
        wire.listen(call -> loop.execute(() -> called(call)))
                .onComplete((newEnd, failure) -> loop.execute(() -> {
                    listening = false;
                    if (failure != null) {
                        LOGGER.atWarn()
                                .addKeyValue("cause", failure.toString())
                                .log("the registration of the canary could not be made");
                    } else if (closed) {
                        newEnd.run();
                    } else {
                        Runnable old = end;
                        end = newEnd;
                        if (old != null) {
                            old.run();
                        }
                    }
                }));
    }

    private void called(CanaryCall call) {
        CanaryPeer peer = peers.get(call.node());
        if (peer != null) {
            deafRounds = 0;
            deaf = false;
            peer.called(call, registrations.shards(), loop.now());
        }
    }

    private void tick() {
        if (closed) {
            return;
        }
        schedule();
        if (end == null) {
            if (!listening) {
                listen();
            }
            return;
        }
        followMembers();
        if (peers.isEmpty()) {
            repairs.clear();
            problem = Optional.empty();
            meters.broken(0);
            return;
        }
        judge();
        round++;
        send(false);
    }

    private void followMembers() {
        Map<String, String> others = neighbours.others().get();
        for (String id : Set.copyOf(peers.keySet())) {
            if (!others.containsKey(id)) {
                peers.remove(id).forget();
            }
        }
        others.forEach((id, name) -> peers.computeIfAbsent(id, added -> new CanaryPeer(meters.row(name))));
        // Whoever was never heard may not have begun.
        boolean anybodyToHear = peers.values().stream().anyMatch(peer -> peer.wasHeard() && !peer.isGone());
        deafRounds = anybodyToHear ? deafRounds + 1 : 0;
        deaf &= anybodyToHear;
    }

    private void judge() {
        Set<Integer> registered = registrations.shards();
        Set<Integer> broken = new HashSet<>();
        Set<Integer> suspect = new HashSet<>();
        peers.forEach((id, peer) -> {
            peer.tick(registered, heardByOthers(id));
            look(CALLS, peer.calls(), broken, suspect);
            peer.shards().forEach((shard, path) -> look(shard, path, broken, suspect));
        });
        if (deafRounds > SILENT_ROUNDS * evidence(CALLS) / CanaryRepair.EVIDENCE) {
            deaf = true;
            broken.add(CALLS);
        }
        if (deaf) {
            suspect.add(CALLS);
        }
        forgetRepairsBut(suspect);
        meters.broken(suspect.size());
        broken.forEach(this::repair);
    }

    private void look(int address, CanaryPath path, Set<Integer> broken, Set<Integer> suspect) {
        if (path.isMissing(evidence(address))) {
            broken.add(address);
        }
        if (path.isSuspect()) {
            suspect.add(address);
        }
    }

    private int evidence(int address) {
        CanaryRepair repair = repairs.get(address);
        return repair == null ? CanaryRepair.EVIDENCE : repair.evidence();
    }

    /** The last round of a node that the others have heard; -1 when they have heard nothing. */
    private long heardByOthers(String id) {
        return peers.entrySet().stream()
                .filter(other -> !other.getKey().equals(id) && !other.getValue().isSilent())
                .mapToLong(other -> other.getValue().heard(id))
                .max()
                .orElse(-1);
    }

    private void forgetRepairsBut(Set<Integer> suspect) {
        boolean any = repairs.keySet().removeIf(address -> !suspect.contains(address));
        if (any) {
            LOGGER.atInfo().addKeyValue("stillBroken", suspect.size()).log("probes arrive again");
        }
        if (repairs.isEmpty() && problem.isPresent()) {
            problem = Optional.empty();
        }
    }

    private void repair(int address) {
        CanaryRepair repair = repairs.computeIfAbsent(address, added -> new CanaryRepair());
        if (options.repairs() > 0 && repair.count() >= options.repairs() && isOurs(address)) {
            problem = Optional.of("pushes do not arrive");
        }
        LOGGER.atWarn()
                .addKeyValue("address", address == CALLS ? "all" : "shard " + address)
                .addKeyValue("repairs", repair.count())
                .log("probes of other nodes do not arrive; the registration on the bus may be lost and is made again");
        repair.repaired();
        meters.repair();
        if (address == CALLS) {
            deafRounds = 0;
            peers.values().forEach(peer -> peer.calls().repaired());
            if (!listening) {
                listen();
            }
            registrations.shards().forEach(registrations::renew);
        } else {
            peers.values().stream()
                    .map(peer -> peer.shards().get(address))
                    .filter(path -> path != null)
                    .forEach(CanaryPath::repaired);
            registrations.renew(address);
        }
    }

    /** Whether the trouble is here: not when nobody was ever heard, nor when most others do not hear the silent one either. */
    private boolean isOurs(int address) {
        if (address != CALLS) {
            return true;
        }
        long heard = peers.values().stream().filter(CanaryPeer::wasHeard).count();
        if (peers.values().stream().allMatch(CanaryPeer::isSilent)) {
            return heard > 1; // one that is silent may be the one at fault
        }
        return peers.entrySet().stream()
                .filter(peer -> peer.getValue().calls().isSuspect())
                .anyMatch(peer -> mostHear(peer.getKey(), peer.getValue().round()));
    }

    private boolean mostHear(String id, long beyond) {
        long speaking = 0;
        long hearing = 0;
        for (Map.Entry<String, CanaryPeer> other : peers.entrySet()) {
            if (!other.getKey().equals(id) && !other.getValue().isSilent()) {
                speaking++;
                hearing += other.getValue().heard(id) > beyond ? 1 : 0;
            }
        }
        return 2 * hearing > speaking;
    }

    private void send(boolean last) {
        Map<String, Long> heard = new HashMap<>();
        Set<Integer> wanted = new HashSet<>();
        peers.forEach((id, peer) -> {
            if (peer.wasHeard()) {
                heard.put(id, peer.round());
            }
            wanted.addAll(peer.registered());
        });
        Set<Integer> probes = last ? Set.of() : wanted;
        wire.call(new CanaryCall(neighbours.self(), round, loop.now(), last, heard, registrations.shards(), probes));
        ShardProbe probe = new ShardProbe(neighbours.self(), round, loop.now());
        probes.forEach(shard -> wire.probe(shard, probe));
    }

    /** Says that it stops, and ends; others do not wonder about its silence. */
    public void close() {
        loop.execute(() -> {
            if (closed) {
                return;
            }
            closed = true;
            if (end != null) {
                if (!peers.isEmpty()) {
                    round++;
                    send(true);
                }
                end.run();
            }
        });
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.canary;

import dev.sluice.gateway.hub.Registrations;
import dev.sluice.gateway.simulation.ManualLoop;
import dev.sluice.gateway.simulation.ManualTime;
import dev.sluice.stream.bus.ShardProbe;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Nodes with canaries on a bus whose registrations can be lost, for all senders or for one; by a manual clock. */
final class CanaryNodes {

    static final CanaryOptions OPTIONS = CanaryOptions.defaults();

    private final ManualTime time = new ManualTime();
    private final Map<String, Node> nodes = new TreeMap<>();
    private final Set<String> members = new HashSet<>();

    CanaryNodes(String... names) {
        for (String name : names) {
            members.add(name);
            nodes.put(name, new Node(name));
        }
        nodes.values().forEach(node -> node.canary.start());
    }

    Node node(String name) {
        return nodes.get(name);
    }

    void rounds(int count) {
        time.advance(OPTIONS.interval().multipliedBy(count));
    }

    void leave(String name) {
        members.remove(name);
        node(name).loop.kill();
    }

    /** What a node is registered for; an address is a shard or {@code calls}. */
    final class Node implements CanaryWire, Registrations {

        final Canary canary;
        final SimpleMeterRegistry meters = new SimpleMeterRegistry();
        private final String name;
        private final ManualLoop loop = time.loop();
        private final Set<Integer> shards = new HashSet<>();
        private final Set<String> forgotten = new HashSet<>();
        private final List<Consumer<CanaryCall>> listeners = new ArrayList<>();
        private final Set<String> deafTo = new HashSet<>();
        private final Map<Integer, Integer> renewed = new HashMap<>();
        private boolean hopeless;
        private int listened;
        private int sent;

        Node(String name) {
            this.name = name;
            this.canary =
                    new Canary(loop, this, this, new Canary.Neighbours(name, name, this::others), OPTIONS, meters);
        }

        private Map<String, String> others() {
            Map<String, String> others = new HashMap<>();
            members.stream().filter(other -> !other.equals(name)).forEach(other -> others.put(other, other));
            return others;
        }

        Node wants(int shard) {
            shards.add(shard);
            return this;
        }

        void noLongerWants(int shard) {
            shards.remove(shard);
        }

        /** The cluster forgets what it is registered for. */
        void forget(Object address) {
            forgotten.add(address.toString());
        }

        /** No repair helps from now on. */
        void isHopeless() {
            hopeless = true;
        }

        /** What a node sends does not come here. */
        void hearsNothingOf(String sender) {
            deafTo.add(sender);
        }

        void hearsAgain() {
            deafTo.clear();
            forgotten.clear();
        }

        /** The process is stopped; what falls due waits. */
        void pause() {
            loop.freeze();
        }

        void resume() {
            loop.thaw();
        }

        int renewed(int shard) {
            return renewed.getOrDefault(shard, 0);
        }

        int listened() {
            return listened;
        }

        int sent() {
            return sent;
        }

        double counted(String meter, String from) {
            return meters.get(meter).tags("from", from, "to", name).counter().count();
        }

        double gauge(String meter) {
            return meters.get(meter).gauge().value();
        }

        boolean hasRowOf(String from) {
            return meters.getMeters().stream().map(Meter::getId).anyMatch(id -> from.equals(id.getTag("from")));
        }

        private boolean hears(String sender, String address) {
            return !deafTo.contains(sender) && !forgotten.contains(address);
        }

        @Override
        public Future<Runnable> listen(Consumer<CanaryCall> handler) {
            listened++;
            listeners.add(handler);
            restore("calls");
            return Future.succeededFuture(() -> listeners.remove(handler));
        }

        private void restore(String address) {
            if (!hopeless) {
                forgotten.remove(address);
            }
        }

        @Override
        public void call(CanaryCall call) {
            sent++;
            CanaryCall read = CanaryCall.fromJson(new JsonObject(call.toJson().encode()));
            for (Node to : nodes.values()) {
                if (to.hears(name, "calls")) {
                    List.copyOf(to.listeners).forEach(listener -> listener.accept(read));
                }
            }
        }

        @Override
        public void probe(int shard, ShardProbe probe) {
            sent++;
            for (Node to : nodes.values()) {
                if (to.shards.contains(shard) && to.hears(name, Integer.toString(shard))) {
                    to.canary.probed(shard, probe);
                }
            }
        }

        @Override
        public Set<Integer> shards() {
            return Set.copyOf(shards);
        }

        @Override
        public void renew(int shard) {
            renewed.merge(shard, 1, Integer::sum);
            restore(Integer.toString(shard));
        }
    }
}

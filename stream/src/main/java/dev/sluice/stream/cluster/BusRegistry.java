// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IndeterminateOperationStateException;
import dev.sluice.stream.bus.BusAddresses;
import io.vertx.core.Completable;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the event bus knows of the cluster: Vert.x's own on Hazelcast, with a memory for shards that no gateway listens to.
 *
 * <p>While partitions move, right after a member came or left, the backup of a change may stay without an answer. Then it is
 * not known whether the change has its copy, and it is made again, which does no harm. Vert.x would fail what depends on it, at the start the whole node.
 */
final class BusRegistry extends HazelcastClusterManager {

    /** Each of them waits for the backup as long as {@code cluster.xml} says, and by the second the partitions have usually settled. */
    private static final int TRIES = 4;

    private static final Logger LOGGER = LoggerFactory.getLogger(BusRegistry.class);

    private final SilentAddresses silent = new SilentAddresses(BusAddresses::isShard, System::nanoTime);

    /** Under way and not given back meanwhile: one that is given back must not be made again behind that. */
    private final Set<RegistrationInfo> wanted = ConcurrentHashMap.newKeySet();

    private Vertx vertx;

    BusRegistry(HazelcastInstance hazelcast) {
        super(hazelcast);
    }

    @Override
    public void init(Vertx owner) {
        vertx = owner;
        super.init(owner);
    }

    @Override
    public void registrationListener(RegistrationListener listener) {
        super.registrationListener(silent.before(listener));
    }

    /** A listener here needs no news: where nobody is known, Vert.x delivers here. */
    @Override
    public void getRegistrations(String address, Completable<List<RegistrationInfo>> answer) {
        silent.find(address, answer, super::getRegistrations);
    }

    @Override
    public void addRegistration(String address, RegistrationInfo registration, Completable<Void> answer) {
        wanted.add(registration);
        String what = "the registration at " + address;
        make(
                new Change(
                        what,
                        attempt -> super.addRegistration(address, registration, attempt),
                        () -> wanted.contains(registration)),
                (done, failure) -> {
                    wanted.remove(registration);
                    answer.complete(null, failure);
                });
    }

    @Override
    public void removeRegistration(String address, RegistrationInfo registration, Completable<Void> answer) {
        wanted.remove(registration);
        String what = "giving back the registration at " + address;
        make(new Change(what, attempt -> super.removeRegistration(address, registration, attempt), () -> true), answer);
    }

    @Override
    public void setNodeInfo(NodeInfo node, Completable<Void> answer) {
        make(new Change("the address of this node", attempt -> super.setNodeInfo(node, attempt), () -> true), answer);
    }

    /**
     * What is changed in the cluster.
     *
     * @param once makes it one time
     * @param stillWanted asked before it is made again
     */
    private record Change(String what, Consumer<Completable<Void>> once, BooleanSupplier stillWanted) {}

    private void make(Change change, Completable<Void> answer) {
        // Every attempt is made on the context of the first: Vert.x keeps in order what one context changes.
        attempt(change, answer, vertx.getOrCreateContext(), 1);
    }

    private static void attempt(Change change, Completable<Void> answer, Context context, int number) {
        change.once.accept((done, failure) -> {
            if (failure instanceof IndeterminateOperationStateException
                    && number < TRIES
                    && change.stillWanted.getAsBoolean()) {
                LOGGER.atInfo()
                        .addKeyValue("what", change.what)
                        .addKeyValue("attempt", number)
                        .log("it is not known whether a change to the event bus has its copy; it is made again");
                context.runOnContext(again -> attempt(change, answer, context, number + 1));
            } else {
                answer.complete(null, failure);
            }
        });
    }
}

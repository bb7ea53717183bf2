// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.cluster.inside;

import dev.sluice.publisher.PushSender;
import dev.sluice.stream.bus.CommittedBatch;
import io.vertx.core.Vertx;
import java.util.concurrent.ThreadLocalRandom;

/** Before the event bus: drops pushes, or ends the process between the commit and its push. */
public final class PushGate implements PushSender {

    private static final int EXIT_CODE = 137; // as after SIGKILL

    private final PushSender bus;
    private final Switches switches = Switches.ofThisProcess();

    private PushGate(PushSender bus) {
        this.bus = bus;
    }

    /** Takes the place of {@link PushSender#bus}. */
    public static PushSender bus(Vertx vertx) {
        return new PushGate(PushSender.bus(vertx));
    }

    @Override
    public void send(CommittedBatch batch) {
        if (switches.haltBeforePush()) {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
        if (ThreadLocalRandom.current().nextDouble() * 100 >= switches.dropPercent()) {
            bus.send(batch);
        }
    }
}

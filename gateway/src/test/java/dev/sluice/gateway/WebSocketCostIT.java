// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.Allocations;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.gateway.simulation.TestEvents;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a delivery costs at a real socket, counted: it says the same on a busy machine. What comes before is in {@code DeliveryCostTest}. */
@Timeout(60)
class WebSocketCostIT {

    private static final int SESSIONS = 20;

    /** A reference to the shared bytes, and what the JDK's own sockets make of it when Netty has no native transport. */
    private static final double BYTES_PER_DELIVERY = 190;

    private static byte[] event(int length) {
        int least = TestEvents.event(Simulation.FINANCE, 1, 0).json().length;
        return TestEvents.event(Simulation.FINANCE, 1, length - least).json();
    }

    private static List<RawWebSocket> connect(CountedSockets sockets, int count, boolean deflate) {
        List<RawWebSocket> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(sockets.connect(deflate));
        }
        return clients;
    }

    private static void await(List<RawWebSocket> clients, long seq) {
        for (RawWebSocket client : clients) {
            while (client.awaitJson("event").getLong("seq") < seq) {
                // the rest follows
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldWriteSharedBytesOnceForEachSessionAndTurn(boolean deflate) {
        try (CountedSockets sockets = new CountedSockets(SESSIONS)) {
            List<RawWebSocket> clients = connect(sockets, SESSIONS, deflate);
            await(clients, sockets.push(event(256), 1));
            sockets.take();

            await(clients, sockets.push(event(256), 50));

            CountedSockets.Counted counted = sockets.take();
            assertThat(counted.frames()).as("fifty events, one frame").isEqualTo(SESSIONS);
            assertThat(counted.flushes()).as("each is a system call").isEqualTo(SESSIONS);
            assertThat(counted.copies()).as("on the way to the system").isZero();
            assertThat(counted.contents()).as("the same bytes at every socket").isEqualTo(1);
            clients.forEach(RawWebSocket::close);
        }
    }

    @Test
    void shouldAllocateOnlyAReferenceForOneSessionMore() {
        double few = allocatedPerPush(SESSIONS);
        double many = allocatedPerPush(3 * SESSIONS);

        assertThat((many - few) / (2 * SESSIONS)).as("bytes for each delivery").isLessThan(BYTES_PER_DELIVERY);
    }

    private static double allocatedPerPush(int sessions) {
        int rounds = 100;
        try (CountedSockets sockets = new CountedSockets(sessions)) {
            List<RawWebSocket> clients = connect(sockets, sessions, false);
            byte[] event = event(4_096);
            long before = 0;
            for (int i = -rounds; i < rounds; i++) {
                if (i == 0) {
                    before = Allocations.by(sockets.sessionThread());
                }
                await(clients, sockets.push(event, 1));
            }
            double allocated = Allocations.by(sockets.sessionThread()) - before;
            clients.forEach(RawWebSocket::close);
            return allocated / rounds;
        }
    }
}

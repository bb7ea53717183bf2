// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.log.LogSlice.StoredEvent;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventRingTest {

    @Test
    void shouldHoldWhatADequeHoldsWhenUsedAtBothEnds() {
        EventRing ring = new EventRing();
        ArrayDeque<StoredEvent> model = new ArrayDeque<>();
        Random random = new Random(1);
        for (int step = 0; step < 20_000; step++) {
            StoredEvent event = new StoredEvent(step, new byte[random.nextInt(10)]);
            // Grows for a while, then shrinks for a while.
            int choice = random.nextInt(10);
            boolean grow = (step / 500) % 2 == 0 ? choice < 8 : choice < 2;
            if (grow && choice % 2 == 0) {
                ring.addLast(event);
                model.addLast(event);
            } else if (grow) {
                ring.addFirst(event, 0);
                model.addFirst(event);
            } else if (!model.isEmpty()) {
                ring.removeFirst();
                model.removeFirst();
            }
            assertThat(ring.size()).isEqualTo(model.size());
            if (!model.isEmpty()) {
                assertThat(ring.get(0)).isSameAs(model.peekFirst());
                assertThat(ring.get(model.size() - 1)).isSameAs(model.peekLast());
            }
        }
        assertThat(ring.bytes())
                .isEqualTo(model.stream().mapToLong(EventRing::cost).sum());
        int index = 0;
        for (StoredEvent event : model) {
            assertThat(ring.get(index++)).isSameAs(event);
        }
    }

    @Test
    void shouldSpanMissingEventsAndLetThemGoWithTheOldest() {
        EventRing ring = new EventRing();
        StoredEvent oldest = new StoredEvent(1, new byte[3]);
        StoredEvent newest = new StoredEvent(2, new byte[5]);
        ring.addLast(oldest);
        ring.addMissing(20);
        ring.addLast(newest);
        StoredEvent late = new StoredEvent(3, new byte[7]);
        ring.fill(20, late);

        assertThat(ring.size()).isEqualTo(22);
        assertThat(ring.count()).isEqualTo(3);
        assertThat(ring.get(1)).isNull();
        assertThat(ring.get(20)).isSameAs(late);
        assertThat(ring.bytes()).isEqualTo(EventRing.cost(oldest) + EventRing.cost(late) + EventRing.cost(newest));

        ring.removeFirst();

        assertThat(ring.get(0)).isSameAs(late);
        assertThat(ring.size()).isEqualTo(2);
        assertThat(ring.count()).isEqualTo(2);
    }

    @Test
    void shouldTakeAnOlderEventThoughSomeAreMissingInBetween() {
        EventRing ring = new EventRing();
        StoredEvent newest = new StoredEvent(2, new byte[5]);
        ring.addLast(newest);
        StoredEvent oldest = new StoredEvent(1, new byte[3]);

        ring.addFirst(oldest, 9);

        assertThat(ring.size()).isEqualTo(11);
        assertThat(ring.count()).isEqualTo(2);
        assertThat(ring.get(0)).isSameAs(oldest);
        assertThat(ring.get(9)).isNull();
        assertThat(ring.get(10)).isSameAs(newest);
    }

    @Test
    void shouldBeEmptyWhenCleared() {
        EventRing ring = new EventRing();
        ring.addLast(new StoredEvent(1, new byte[3]));

        ring.clear();

        assertThat(ring.size()).isZero();
        assertThat(ring.bytes()).isZero();
    }
}

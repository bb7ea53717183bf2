// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.EventId;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The window against a plain list. Few low halves, so that most ids collide in the table. */
class IdWindowPropertyTest {

    private record Added(EventId id, long seq) {}

    @Property
    void shouldFindWhatAPlainListFindsWhateverIsAddedAndPruned(
            @ForAll @Size(max = 300) List<@IntRange(max = 400) Integer> steps,
            @ForAll @IntRange(min = 1, max = 60) int maxIds)
            throws IOException {
        IdWindow window = new IdWindow();
        Deque<Added> model = new ArrayDeque<>();
        long seq = 0;
        for (int step : steps) {
            EventId id = id(step);
            assertThat(window.find(id)).isEqualTo(find(model, id));
            boolean again = step % 3 == 0;
            if (again || find(model, id) == 0) {
                seq++;
                window.add(id, seq, seq);
                model.addLast(new Added(id, seq));
            }
            long notBefore = step % 7 == 0 ? seq - 20 : 0;
            window.prune(maxIds, notBefore);
            while (model.size() > maxIds
                    || (!model.isEmpty() && model.getFirst().seq() < notBefore)) {
                model.removeFirst();
            }
            assertThat(window.size()).isEqualTo(model.size());
        }
        IdWindow copy = IdWindow.readFrom(Replica.input(Replica.written(window::writeTo)));
        for (int value = 0; value <= 400; value++) {
            assertThat(window.find(id(value))).isEqualTo(find(model, id(value)));
            assertThat(copy.find(id(value))).isEqualTo(find(model, id(value)));
        }
    }

    private static EventId id(int value) {
        return new EventId(value, value % 5);
    }

    private static long find(Deque<Added> model, EventId id) {
        return model.stream()
                .filter(added -> added.id().equals(id))
                .mapToLong(Added::seq)
                .max()
                .orElse(0);
    }
}

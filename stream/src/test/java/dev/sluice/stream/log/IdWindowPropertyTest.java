// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.EventId;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The window against a plain map. Few low halves, so that most ids collide in the table. */
class IdWindowPropertyTest {

    @Property
    void shouldFindWhatAPlainMapFindsWhateverIsAddedAndPruned(
            @ForAll @Size(max = 300) List<@IntRange(max = 400) Integer> steps,
            @ForAll @IntRange(min = 1, max = 60) int maxIds)
            throws IOException {
        IdWindow window = new IdWindow();
        Map<EventId, Long> model = new LinkedHashMap<>();
        Map<EventId, Long> times = new LinkedHashMap<>();
        long seq = 0;
        for (int step : steps) {
            EventId id = id(step);
            assertThat(window.find(id)).isEqualTo(model.getOrDefault(id, 0L));
            if (!model.containsKey(id)) {
                seq++;
                window.add(id, seq, seq);
                model.put(id, seq);
                times.put(id, seq);
            }
            long notBefore = step % 7 == 0 ? seq - 20 : 0;
            window.prune(maxIds, notBefore);
            prune(model, times, maxIds, notBefore);
            assertThat(window.size()).isEqualTo(model.size());
        }
        IdWindow copy = IdWindow.readFrom(Replica.input(Replica.written(window::writeTo)));
        for (int value = 0; value <= 400; value++) {
            long expected = model.getOrDefault(id(value), 0L);
            assertThat(window.find(id(value))).isEqualTo(expected);
            assertThat(copy.find(id(value))).isEqualTo(expected);
        }
    }

    private static EventId id(int value) {
        return new EventId(value, value % 5);
    }

    private static void prune(Map<EventId, Long> model, Map<EventId, Long> times, int maxIds, long notBefore) {
        while (!model.isEmpty()) {
            EventId oldest = model.keySet().iterator().next();
            if (model.size() <= maxIds && times.get(oldest) >= notBefore) {
                return;
            }
            model.remove(oldest);
        }
    }
}

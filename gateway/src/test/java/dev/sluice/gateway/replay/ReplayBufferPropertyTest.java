// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.replay.ReplayBuffer.Limits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** A buffer behaves as a list of batches from which the oldest are taken; whatever is done to it, in whatever order. */
class ReplayBufferPropertyTest {

    private static final TestBatches BATCHES = new TestBatches(20);
    private static final long MAX_AGE = 1_000;

    /** What may be done. */
    sealed interface Step {
        record Append(int events) implements Step {}

        record Expire(int milliseconds) implements Step {}

        record Trim(int percent) implements Step {}

        record Prepend(int events) implements Step {}
    }

    /** The same, the simple way. */
    private static final class Model {
        private final int maxEvents;
        private final long maxBytes;
        private final Deque<Batch> batches = new ArrayDeque<>();
        private long head;
        private long oldest;

        Model(long head, int maxEvents, long maxBytes) {
            this.head = head;
            this.oldest = head + 1;
            this.maxEvents = maxEvents;
            this.maxBytes = maxBytes;
        }

        void append(Batch batch) {
            batches.addLast(batch);
            head = batch.lastSeq();
            while (batches.size() > 1
                    && (bytes() > maxBytes || head - batches.getFirst().lastSeq() >= maxEvents)) {
                drop();
            }
        }

        void expire(long now) {
            while (batches.size() > 1 && batches.getFirst().frame().timestamp() < now - MAX_AGE) {
                drop();
            }
        }

        void trim(long bytes) {
            while (bytes() > bytes) {
                drop();
            }
        }

        void prepend(Batch batch) {
            List<Batch> all = new ArrayList<>(batches);
            batches.clear();
            oldest = batch.firstSeq();
            append(batch);
            all.forEach(this::append);
        }

        long bytes() {
            return batches.stream().mapToLong(Batch::footprint).sum();
        }

        private void drop() {
            oldest = batches.removeFirst().lastSeq() + 1;
        }
    }

    @Property(tries = 500)
    void shouldBehaveAsAListWhateverIsDone(
            @ForAll("steps") List<Step> steps,
            @ForAll @IntRange(min = 1, max = 60) int maxEvents,
            @ForAll @IntRange(min = 500, max = 20_000) int maxBytes) {
        long start = 1_000;
        ReplayBuffer buffer = new ReplayBuffer(TestBatches.EPOCH, start, new Limits(maxEvents, maxBytes, MAX_AGE));
        Model model = new Model(start, maxEvents, maxBytes);
        long now = 0;
        for (Step step : steps) {
            now += 10;
            if (step instanceof Step.Append append) {
                Batch batch = BATCHES.batch(model.head + 1, append.events(), now);
                buffer.append(batch);
                model.append(batch);
            } else if (step instanceof Step.Expire expire) {
                now += expire.milliseconds();
                buffer.expire(now);
                model.expire(now);
            } else if (step instanceof Step.Trim trim) {
                long bytes = model.bytes() * trim.percent() / 100;
                buffer.trim(bytes);
                model.trim(bytes);
            } else if (step instanceof Step.Prepend prepend && model.oldest > prepend.events()) {
                Batch batch = BATCHES.batch(model.oldest - prepend.events(), prepend.events(), now);
                buffer = buffer.withOlder(List.of(batch));
                model.prepend(batch);
            }
            assertSame(buffer, model);
        }
    }

    private static void assertSame(ReplayBuffer buffer, Model model) {
        assertThat(buffer.head()).isEqualTo(model.head);
        assertThat(buffer.oldest()).isEqualTo(model.oldest);
        assertThat(buffer.bytes()).isEqualTo(model.bytes());
        for (Batch batch : model.batches) {
            assertThat(buffer.frameAfter(batch.firstSeq() - 1)).isSameAs(batch.frame());
            if (batch.firstSeq() < batch.lastSeq()) {
                assertThat(buffer.frameAfter(batch.firstSeq())).isNull();
            }
        }
        assertThat(buffer.frameAfter(model.oldest - 2)).isNull();
        assertThat(buffer.frameAfter(model.head)).isNull();
        long cursor = model.oldest - 1;
        while (cursor < model.head) {
            ReplayBuffer.Range range = buffer.range(cursor, model.head, 300);
            assertThat(range.events()).isNotEmpty();
            for (byte[] event : range.events()) {
                cursor++;
                assertThat(TestBatches.seqOf(event)).isEqualTo(cursor);
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Step> append = Arbitraries.integers().between(1, 12).map(Step.Append::new);
        Arbitrary<Step> expire = Arbitraries.integers().between(0, 500).map(Step.Expire::new);
        Arbitrary<Step> trim = Arbitraries.integers().between(0, 100).map(Step.Trim::new);
        Arbitrary<Step> prepend = Arbitraries.integers().between(1, 12).map(Step.Prepend::new);
        return Combinators.combine(Arbitraries.integers().between(0, 19), append, expire, trim, prepend)
                .as((kind, a, e, t, p) -> kind < 15 ? a : kind < 17 ? e : kind < 18 ? t : p)
                .list()
                .ofMaxSize(80);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WalkTest {

    private final Deque<Runnable> nextTurns = new ArrayDeque<>();

    private final EventLoop loop = new EventLoop() {
        @Override
        public void execute(Runnable task) {
            throw new AssertionError("comes before sockets and timers, again and again");
        }

        @Override
        public void executeInNextTurn(Runnable task) {
            nextTurns.add(task);
        }

        @Override
        public Runnable schedule(long delayMs, Runnable task) {
            throw new AssertionError("nothing is to wait");
        }

        @Override
        public long now() {
            return 0;
        }
    };

    private static List<Integer> things(int count) {
        return new ArrayList<>(IntStream.range(0, count).boxed().toList());
    }

    @Test
    void shouldLookAtFewerATurnWhenTheyTakeLonger() {
        List<Integer> seen = new ArrayList<>();

        Future<Void> done = Walk.weighed(things(10), loop, thing -> {
            seen.add(thing);
            return thing < 3 ? Walk.A_TURN / 2 : 1;
        });
        assertThat(seen).containsExactly(0, 1);
        nextTurns.remove().run();

        assertThat(seen).hasSize(10);
        assertThat(done.succeeded()).isTrue();
    }

    @Test
    void shouldLookAtSoManyATurnAndAtEachOnce() {
        List<Integer> things = things(2 * Walk.A_TURN + 1);
        List<Integer> expected = List.copyOf(things);
        List<Integer> seen = new ArrayList<>();

        Future<Void> done = Walk.over(things, loop, seen::add);
        assertThat(seen).hasSize(Walk.A_TURN);
        things.clear();
        nextTurns.remove().run();
        assertThat(seen).hasSize(2 * Walk.A_TURN);
        assertThat(done.isComplete()).isFalse();
        nextTurns.remove().run();

        assertThat(seen).isEqualTo(expected);
        assertThat(done.succeeded()).isTrue();
        assertThat(nextTurns).isEmpty();
    }

    @Test
    void shouldEndAtOnceWhereThereIsNothing() {
        assertThat(Walk.over(List.of(), loop, thing -> {}).succeeded()).isTrue();
    }

    @Test
    void shouldFailWithWhatTheVisitorThrows() {
        IllegalStateException wrong = new IllegalStateException("wrong");

        Future<Void> done = Walk.over(things(1_000), loop, thing -> {
            throw wrong;
        });

        assertThat(done.cause()).isSameAs(wrong);
        assertThat(nextTurns).isEmpty();
    }
}

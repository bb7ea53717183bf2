// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Completable;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.core.spi.cluster.RegistrationUpdateEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class SilentAddressesTest {

    private static final String ADDRESS = "sluice.shard.7";
    private static final RegistrationInfo SOMEBODY = new RegistrationInfo("node-1", 1, false);

    private long now = 1_000_000_000_000L;
    private final SilentAddresses silent =
            new SilentAddresses(address -> address.startsWith("sluice.shard."), () -> now);
    /** Questions that the cluster has not answered yet. */
    private final Queue<Completable<List<RegistrationInfo>>> asked = new ArrayDeque<>();

    private final List<List<RegistrationInfo>> answers = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final Told told = new Told();
    private final RegistrationListener listener = silent.before(told);

    /** In the place of the event bus. */
    private static final class Told implements RegistrationListener {
        private final List<String> updated = new ArrayList<>();
        private boolean lost;

        @Override
        public void registrationsUpdated(RegistrationUpdateEvent event) {
            updated.add(event.address());
        }

        @Override
        public void registrationsLost() {
            lost = true;
        }

        @Override
        public boolean wantsUpdatesFor(String address) {
            return address.equals("wanted");
        }
    }

    private void find(String address) {
        silent.find(
                address,
                (found, failure) -> {
                    if (failure == null) {
                        answers.add(found);
                    } else {
                        failures.add(failure);
                    }
                },
                (ignored, answer) -> asked.add(answer));
    }

    private void learnSilence() {
        find(ADDRESS);
        asked.remove().succeed(List.of());
        answers.clear();
    }

    @Test
    void shouldAnswerFromMemoryWhereNobodyListens() {
        learnSilence();
        find(ADDRESS);
        find(ADDRESS);
        assertThat(asked).isEmpty();
        assertThat(answers).containsExactly(List.of(), List.of());
    }

    @Test
    void shouldRememberNothingWhereSomebodyListens() {
        find(ADDRESS);
        asked.remove().succeed(List.of(SOMEBODY));
        find(ADDRESS);
        assertThat(asked).hasSize(1);
        assertThat(answers).containsExactly(List.of(SOMEBODY));
        asked.remove().succeed(List.of(SOMEBODY));
        assertThat(listener.wantsUpdatesFor(ADDRESS)).isFalse();
    }

    @Test
    void shouldAskAgainWhenSomebodyHasRegistered() {
        learnSilence();
        assertThat(listener.wantsUpdatesFor(ADDRESS)).isTrue();
        listener.registrationsUpdated(new RegistrationUpdateEvent(ADDRESS, List.of(SOMEBODY)));
        assertThat(told.updated).containsExactly(ADDRESS);
        find(ADDRESS);
        assertThat(asked).hasSize(1);
    }

    /** The cluster may have looked before the registration, and its answer come after the news of it. */
    @Test
    void shouldNotBelieveAnAnswerThatNewsHaveOvertaken() {
        find(ADDRESS);
        assertThat(listener.wantsUpdatesFor(ADDRESS)).isTrue();
        listener.registrationsUpdated(new RegistrationUpdateEvent(ADDRESS, List.of(SOMEBODY)));
        asked.remove().succeed(List.of());
        find(ADDRESS);
        assertThat(asked).hasSize(1);
    }

    @Test
    void shouldNotTakeTheAnswerToAnEarlierQuestionForThatToALaterOne() {
        find(ADDRESS);
        listener.registrationsUpdated(new RegistrationUpdateEvent(ADDRESS, List.of(SOMEBODY)));
        find(ADDRESS);
        asked.remove().succeed(List.of());
        find(ADDRESS);
        assertThat(asked).hasSize(2);
    }

    @Test
    void shouldAskAgainAfterASecond() {
        learnSilence();
        now += SilentAddresses.LIMIT.toNanos() - 1;
        find(ADDRESS);
        assertThat(asked).isEmpty();
        now += 1;
        find(ADDRESS);
        assertThat(asked).hasSize(1);
    }

    @Test
    void shouldForgetWhenRegistrationsWereLost() {
        learnSilence();
        listener.registrationsLost();
        assertThat(told.lost).isTrue();
        find(ADDRESS);
        assertThat(asked).hasSize(1);
    }

    @Test
    void shouldForgetWhatSomebodyHereRegistersAt() {
        learnSilence();
        silent.forget(ADDRESS);
        find(ADDRESS);
        assertThat(asked).hasSize(1);
    }

    @Test
    void shouldRememberNoFailure() {
        find(ADDRESS);
        asked.remove().fail(new IllegalStateException("simulated"));
        assertThat(failures).hasSize(1);
        assertThat(listener.wantsUpdatesFor(ADDRESS)).isFalse();
        find(ADDRESS);
        assertThat(asked).hasSize(1);
    }

    @Test
    void shouldRememberNothingOfOtherAddresses() {
        find("__vertx.reply.1");
        asked.remove().succeed(List.of());
        find("__vertx.reply.1");
        assertThat(asked).hasSize(1);
        assertThat(listener.wantsUpdatesFor("__vertx.reply.1")).isFalse();
        assertThat(listener.wantsUpdatesFor("wanted")).isTrue();
    }
}

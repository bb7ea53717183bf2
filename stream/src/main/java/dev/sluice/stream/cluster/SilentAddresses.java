// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import io.vertx.core.Completable;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.core.spi.cluster.RegistrationUpdateEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Remembers at which addresses nobody listens. Vert.x remembers who listens and is told of changes, but of an address without a listener
 * it remembers nothing: each message to it would be a thread change and a question to another member. Forgets as soon as somebody
 * registers, and after {@link #LIMIT} in any case, for news between members may be lost. Thread-safe.
 */
final class SilentAddresses {

    /** So long a registration may stay unnoticed when the news of it is lost; what is not pushed meanwhile is fetched from the log. */
    static final Duration LIMIT = Duration.ofSeconds(1);

    private final Predicate<String> worthIt;
    private final LongSupplier nanoTime;
    /** A question that is under way, or since when there has been silence. */
    private final ConcurrentMap<String, Question> known = new ConcurrentHashMap<>();

    /** By identity: an answer counts if nothing has happened at the address since its question. */
    private static final class Question {
        private volatile boolean silent;
        private volatile long answeredAt;
    }

    /**
     * Nothing known yet.
     *
     * @param worthIt for which addresses to remember anything; of these there must be a bounded number
     * @param nanoTime as {@link System#nanoTime}
     */
    SilentAddresses(Predicate<String> worthIt, LongSupplier nanoTime) {
        this.worthIt = worthIt;
        this.nanoTime = nanoTime;
    }

    /** Who listens at the address: from memory, within the call, if that is nobody; else from the source. */
    void find(
            String address,
            Completable<List<RegistrationInfo>> answer,
            BiConsumer<String, Completable<List<RegistrationInfo>>> source) {
        if (!worthIt.test(address)) {
            source.accept(address, answer);
            return;
        }
        Question last = known.get(address);
        if (last != null && last.silent && nanoTime.getAsLong() - last.answeredAt < LIMIT.toNanos()) {
            answer.succeed(List.of());
            return;
        }
        Question question = new Question();
        known.put(address, question);
        source.accept(address, (found, failure) -> {
            if (failure == null && found.isEmpty()) {
                question.answeredAt = nanoTime.getAsLong();
                question.silent = true; // of no effect if it has been removed or replaced meanwhile
            } else {
                known.remove(address, question);
            }
            answer.complete(found, failure);
        });
    }

    /** Somebody here registers: what others learn from the news is known here at once. */
    void forget(String address) {
        known.remove(address);
    }

    /** The listener that is to be told instead of this one, so that both know. */
    RegistrationListener before(RegistrationListener next) {
        return new RegistrationListener() {
            @Override
            public void registrationsUpdated(RegistrationUpdateEvent event) {
                forget(event.address());
                next.registrationsUpdated(event);
            }

            @Override
            public void registrationsLost() {
                known.clear();
                next.registrationsLost();
            }

            @Override
            public boolean wantsUpdatesFor(String address) {
                return known.containsKey(address) || next.wantsUpdatesFor(address);
            }
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.Event;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.bus.CommittedBatch;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.log.CommitResult;
import dev.sluice.stream.log.LogUnavailableException;
import dev.sluice.stream.log.StaleCommitException;
import dev.sluice.stream.log.StreamLimitException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One commit from its first attempt to its end. An attempt whose outcome is not known is repeated unchanged, with the same number, until
 * the log answers or the commit timeout has passed. Confined to the loop; used once.
 *
 * <pre>
 *   attempting --answer--------------------------> landed
 *   attempting --no answer--> pausing --backoff--> attempting
 *   attempting --breaker open--> parked --woken--> attempting
 *   any --commit timeout, closing----------------> landed, outcome unknown
 * </pre>
 *
 * <p>An attempt that is still under way when the commit is given up may reach the shard later: before the next commit, then its events
 * stand before that one's; or after it, then the shard refuses it for its lower number. It cannot disturb the order.
 */
final class CommitFlight {

    private static final Logger LOGGER = LoggerFactory.getLogger(CommitFlight.class);

    private final LaneServices services;
    private final List<Group> groups;
    private final LongSupplier numbers;
    private final Runnable landed;
    private final Runnable attempt = this::attempt;
    private Commit commit;
    private CommitTrace trace;
    private long startedAt;
    private Runnable cancelDeadline = () -> {};
    private Runnable cancelRetry = () -> {};
    /** Of the attempt that is under way; null when none is. */
    private LogBreaker.Permit permit;

    private LogUnavailableException lastFailure;
    private int failures;
    private boolean sent;
    private boolean over;

    /**
     * A commit of these groups.
     *
     * @param numbers gives the lane's next number
     * @param landed called once, when every group has been told
     */
    CommitFlight(LaneServices services, int shard, List<Group> groups, LongSupplier numbers, Runnable landed) {
        this.services = services;
        this.groups = groups;
        this.numbers = numbers;
        this.landed = landed;
        List<Event> events =
                groups.stream().flatMap(group -> group.events().stream()).toList();
        this.commit = new Commit(shard, services.publisher(), numbers.getAsLong(), events);
    }

    void start() {
        startedAt = services.loop().nanoTime();
        trace = CommitTrace.begin(services.tracing(), commit);
        Duration timeout = services.options().commitTimeout();
        cancelDeadline = services.loop()
                .schedule(
                        timeout,
                        () -> giveUp("the log did not confirm the event within " + timeout.toMillis() + " ms"));
        attempt();
    }

    private void attempt() {
        if (over) {
            return;
        }
        Optional<LogBreaker.Permit> acquired = services.breaker().tryAcquire();
        if (acquired.isEmpty()) {
            services.breaker().park(attempt);
            return;
        }
        permit = acquired.get();
        sent = true;
        send().onComplete((result, failure) -> services.loop().dispatch(() -> answered(result, failure)));
    }

    private Future<CommitResult> send() {
        try {
            return services.log().commit(commit);
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private void answered(CommitResult result, Throwable failure) {
        if (over) {
            LOGGER.atDebug()
                    .addKeyValue("shard", commit.shard())
                    .addKeyValue("number", commit.number())
                    .log("the answer to a commit came after it was given up");
        } else if (failure == null) {
            succeed(result);
        } else if (failure instanceof LogUnavailableException unavailable) {
            fail(unavailable);
        } else if (failure instanceof StaleCommitException) {
            renumber();
        } else {
            breakOff(failure);
        }
    }

    private void succeed(CommitResult result) {
        push(result);
        spendPermit().succeeded();
        long nanos = services.loop().nanoTime() - startedAt;
        trace.succeeded(failures + 1);
        services.metrics()
                .committed(
                        result.receipts(),
                        groups.stream().mapToLong(Group::bytes).sum(),
                        nanos);
        int next = 0;
        for (Group group : groups) {
            tell(group, result.receipts().subList(next, next + group.size()));
            next += group.size();
        }
        land();
    }

    /** Before anybody is told: whoever has a receipt may rely on the push being on its way. */
    private void push(CommitResult result) {
        try {
            CommittedBatch.of(commit, result).ifPresent(services.pushes()::send);
        } catch (RuntimeException e) {
            services.metrics().pushFailed();
            LOGGER.atWarn()
                    .setCause(e)
                    .addKeyValue("shard", commit.shard())
                    .log("a push failed; gateways will fetch its events from the log");
        }
    }

    private void tell(Group group, List<Optional<Receipt>> receipts) {
        if (receipts.stream().allMatch(Optional::isPresent)) {
            group.succeed(receipts.stream().map(Optional::orElseThrow).toList());
        } else {
            // All of the group are of one stream, so none was taken.
            services.metrics().rejected("stream_limit");
            group.fail(new StreamLimitException("the organisation has as many streams as it may have; the service '"
                    + group.key().service() + "' is not one of them"));
        }
    }

    private void fail(LogUnavailableException failure) {
        lastFailure = failure;
        recordFailure();
        services.metrics().attemptFailed();
        Duration pause = services.backoff().after(failures);
        LOGGER.atDebug()
                .setCause(failure)
                .addKeyValue("shard", commit.shard())
                .addKeyValue("number", commit.number())
                .addKeyValue("failures", failures)
                .addKeyValue("pauseMs", pause.toMillis())
                .log("a commit is tried again");
        cancelRetry = services.loop().schedule(pause, attempt);
    }

    /**
     * All failures but one of what opens the breaker count: one commit alone, whose shard may be the only one in trouble, cannot open it.
     * That of a probe always counts.
     */
    private void recordFailure() {
        failures++;
        LogBreaker.Permit spent = spendPermit();
        if (spent.isProbe() || failures < services.options().breakerFailures()) {
            spent.failed();
        } else {
            spent.withdrawn();
        }
    }

    private LogBreaker.Permit spendPermit() {
        LogBreaker.Permit spent = permit;
        permit = null;
        return spent;
    }

    /** The shard knows a later commit of ours. Nothing was added; what an earlier attempt may have added it recognises by id. */
    private void renumber() {
        spendPermit().withdrawn();
        LOGGER.atWarn()
                .addKeyValue("shard", commit.shard())
                .addKeyValue("number", commit.number())
                .log("a commit was refused as stale and gets a new number");
        commit = new Commit(commit.shard(), commit.publisher(), numbers.getAsLong(), commit.events());
        cancelRetry = services.loop().schedule(services.backoff().after(1), attempt);
    }

    /** Not a failure of the log but of a program: trying again would not help. */
    private void breakOff(Throwable failure) {
        spendPermit().withdrawn();
        services.metrics().commitLost("error");
        LOGGER.atError()
                .setCause(failure)
                .addKeyValue("shard", commit.shard())
                .addKeyValue("events", commit.events().size())
                .log("a commit failed in an unexpected way");
        trace.failed(failures + 1, failure.getClass().getSimpleName(), "the commit failed in an unexpected way");
        groups.forEach(group -> group.fail(failure));
        land();
    }

    /** Ends without an answer. */
    void giveUp(String reason) {
        if (over) {
            return;
        }
        if (permit != null) {
            recordFailure();
        }
        services.metrics().commitLost("unknown");
        LOGGER.atWarn()
                .setCause(lastFailure)
                .addKeyValue("shard", commit.shard())
                .addKeyValue("number", commit.number())
                .addKeyValue("events", commit.events().size())
                .addKeyValue("failures", failures)
                .log("a commit was given up");
        PublishUnavailableException unavailable = unavailable(reason);
        trace.failed(sent ? failures : 0, unavailable.getClass().getSimpleName(), unavailable.getMessage());
        groups.forEach(group -> group.fail(unavailable));
        land();
    }

    private PublishUnavailableException unavailable(String reason) {
        Duration retryAfter = services.options().breakerOpen();
        String why = lastFailure == null ? reason : reason + ": " + lastFailure.getMessage();
        return sent
                ? PublishUnavailableException.outcomeUnknown(why, retryAfter, lastFailure)
                : PublishUnavailableException.notPublished(why, retryAfter);
    }

    private void land() {
        over = true;
        cancelDeadline.run();
        cancelRetry.run();
        services.breaker().unpark(attempt);
        landed.run();
    }
}

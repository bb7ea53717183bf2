// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.broken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.sluice.testkit.history.Promise;
import dev.sluice.testkit.history.Report;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.implementation.MethodCall;
import net.bytebuddy.implementation.StubMethod;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * That the checker finds what it is for: builds of the product with one fault each, run as processes like any other, and the same runs with the
 * product as it is, in which it must find nothing. Each takes half a minute: one that loses and one that acknowledges too early are always run,
 * the others with {@code -Dsluice.faults.long=true}.
 */
@Timeout(180)
@Order(1) // long, too
class BrokenBuildsIT {

    private static final boolean ALL = Boolean.getBoolean("sluice.faults.long");

    private static final Duration REST = Duration.ofSeconds(60);

    /** A broken build may never come to rest; its publishers do. */
    private static final Duration SHORT_REST = Duration.ofSeconds(15);

    private static final String HUB = "dev.sluice.gateway.hub.";
    private static final String SESSION = "dev.sluice.gateway.session.";
    private static final String REPLAY = "dev.sluice.gateway.replay.";
    private static final String OUTPUT = "dev.sluice.gateway.transport.websocket.WebSocketOutput";
    private static final String LOG = "dev.sluice.stream.log.";

    private static final Break PUSHES_TWICE = Break.call(HUB + "ShardWatch", "onPush", 1, "accept", "acceptTwice");

    @TempDir
    private Path folder;

    static Stream<BrokenBuild> always() throws NoSuchMethodException {
        return Stream.of(
                BrokenBuild.of(
                        "a repair is skipped",
                        Trouble.PUSHES_LOST,
                        Promise.P3,
                        Break.whole(
                                HUB + "FeedRepair",
                                "start",
                                0,
                                MethodCall.invoke(Future.class.getMethod("succeededFuture")))),
                BrokenBuild.of(
                        "commits are acknowledged without the backup",
                        Trouble.OWNER_KILLED,
                        Promise.P4,
                        Break.whole(LOG + "BarrierProcessor", "getBackupProcessor", 0, FixedValue.nullValue())));
    }

    static Stream<BrokenBuild> others() {
        return Stream.of(
                BrokenBuild.of(
                        "a push that comes twice is taken twice",
                        Trouble.ROAMING,
                        Promise.P5,
                        PUSHES_TWICE,
                        Break.call(HUB + "FeedWriter", "accept", 2, "lastSeq", "alwaysNew"),
                        Break.without(HUB + "FeedWriter", "take", 2, "max")),
                BrokenBuild.of(
                        "sessions are not told of a new epoch",
                        Trouble.OWNER_KILLED_WITHOUT_BACKUP,
                        Promise.P3,
                        Break.without(SESSION + "Subscription", "changeEpoch", 1, "gap")),
                BrokenBuild.of(
                        "a frame is sent twice",
                        Trouble.ROAMING,
                        Promise.P2,
                        Break.call(OUTPUT, "writeEvents", 1, "writePlain", "writeTwice")),
                BrokenBuild.of(
                        "frames overtake each other",
                        Trouble.ROAMING,
                        Promise.P1,
                        Break.call(OUTPUT, "writeEvents", 1, "writePlain", "overtake")),
                BrokenBuild.of(
                        "a resumed session begins one event too early",
                        Trouble.ROAMING,
                        Promise.P2,
                        Break.before(REPLAY + "Resume", "recovered", 2, OneBefore.class)),
                BrokenBuild.of(
                        "ids are not remembered",
                        Trouble.ANSWER_LOST,
                        Promise.P5,
                        Break.whole(LOG + "IdWindow", "find", 1, FixedValue.value(0L))),
                BrokenBuild.of(
                        "no cursor's epoch is known",
                        Trouble.ROAMING,
                        Promise.P6,
                        Break.without(REPLAY + "Resume", "decide", 4, "equals")),
                BrokenBuild.of(
                        "everybody follows the streams of one org",
                        Trouble.ROAMING,
                        Promise.P7,
                        Break.call(SESSION + "Subscriptions", "attach", 1, "orElseThrow", "everybodyIsAcme")));
    }

    static Stream<BrokenBuild> all() throws NoSuchMethodException {
        return Stream.concat(always(), ALL ? others() : Stream.of());
    }

    /** Nothing is wrong with these; without them, a checker that always cries would pass. */
    static Stream<BrokenBuild> unbroken() {
        Stream<BrokenBuild> always = Stream.of(BrokenBuild.of(
                "the product, pushes coming twice and getting lost", Trouble.PUSHES_LOST, null, PUSHES_TWICE));
        return ALL
                ? Stream.concat(
                        always,
                        Stream.of(
                                BrokenBuild.of("the product, its owner killed", Trouble.OWNER_KILLED, null),
                                BrokenBuild.of(
                                        "the product without backups", Trouble.OWNER_KILLED_WITHOUT_BACKUP, null),
                                BrokenBuild.of("the product, an answer lost", Trouble.ANSWER_LOST, null)))
                : always;
    }

    @Test
    void shouldRefuseToBreakWhatTheProductDoesNotHave() {
        Path jar = Path.of(System.getProperty("sluice.jar"));
        List<Break> gone = List.of(
                Break.whole(HUB + "Gone", "start", 0, StubMethod.INSTANCE),
                Break.whole(HUB + "FeedRepair", "gone", 0, StubMethod.INSTANCE),
                Break.whole(HUB + "FeedRepair", "start", 7, StubMethod.INSTANCE),
                Break.without(HUB + "FeedRepair", "start", 0, "gone"));

        assertThat(gone).allSatisfy(one -> assertThatIllegalStateException()
                .isThrownBy(
                        () -> BrokenBuild.of("none", Trouble.ROAMING, null, one).write(jar, folder)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void shouldFindTheFaultOfABrokenBuild(BrokenBuild build) throws IOException {
        Report report = Trial.run(build, folder, SHORT_REST);

        System.out.println("measured: broken build: " + build + " -> " + report.violationCounts() + ", "
                + report.count("acknowledgedEvents") + " events");
        assertThat(report.violationCounts()).as(report.print(Trial.SEED)).containsKey(build.promise());
        assertThat(report.violations())
                .allSatisfy(violation -> assertThat(violation.around()).isNotEmpty());
    }

    @ParameterizedTest
    @MethodSource("unbroken")
    void shouldFindNothingInTheSameRunOfTheProduct(BrokenBuild build) throws IOException {
        Report report = Trial.run(build, folder, REST);

        System.out.println("measured: unbroken: " + build + " -> " + report.violationCounts() + ", "
                + report.count("acknowledgedEvents") + " events, " + report.count("epochs") + " epochs");
        assertThat(report.violationCounts()).as(report.print(Trial.SEED)).isEmpty();
        assertThat(report.count("subscribersAttachedAtEnd")).isEqualTo(Trial.SUBSCRIBERS);
        assertThat(report.count("acknowledgedEvents")).isPositive();
        assertThat(report.count("resumedOnAnotherNode")).isPositive();
        if (build.trouble() == Trouble.OWNER_KILLED_WITHOUT_BACKUP) {
            assertThat(report.count("gaps epoch_changed")).isPositive();
        }
        if (build.trouble() == Trouble.ANSWER_LOST) {
            assertThat(report.count("duplicates")).isPositive();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.gateway.simulation.TestClient;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The limits that hold for the whole cluster, as a client meets them. */
class SessionAdmissionTest {

    private final List<Map<String, Integer>> reports = new ArrayList<>();
    private final List<Promise<Map<String, Integer>>> answers = new ArrayList<>();
    private final Simulation simulation = Simulation.with()
            .counts(own -> {
                reports.add(own);
                answers.add(Promise.promise());
                return answers.get(answers.size() - 1).future();
            })
            .create();
    private final TestClient client = TestClient.connect(simulation).handshake("finance");

    private void answer(int others) {
        Map<String, Integer> totals = new HashMap<>(reports.get(0));
        totals.replaceAll((key, own) -> own + others);
        answers.get(0).complete(totals);
        simulation.time().settle();
    }

    @Test
    void shouldWelcomeOnlyWhenTheClusterHasCounted() {
        assertThat(client.output().frames()).isEmpty();
        answer(9);
        assertThat(client.output().types()).startsWith("welcome", "subscribed");
        assertThat(simulation.node().registry().unauthenticated()).isZero();
    }

    @Test
    void shouldCloseWith4004WhenTheClusterHasTooMany() {
        answer(10);
        assertThat(client.output().closeCode()).isEqualTo(4004);
        assertThat(client.output().only("error").getString("message"))
                .isEqualTo("the user has as many connections as it may have, 10");
        assertThat(reports).hasSize(2).last().satisfies(taken -> assertThat(taken.values())
                .containsOnly(0));
    }

    @Test
    void shouldWelcomeWhenTheClusterCannotTell() {
        answers.get(0).fail("parted");
        simulation.time().settle();
        assertThat(client.output().types()).startsWith("welcome");
        assertThat(simulation.node().count("sluice.admissions.uncounted")).isEqualTo(1);
    }

    @Test
    void shouldTakeBackWhatWasCountedForAClientThatDidNotWait() {
        client.session().onGone();
        answer(0);
        assertThat(reports).hasSize(2).last().satisfies(taken -> assertThat(taken.values())
                .containsOnly(0));
        assertThat(simulation.node().registry().unauthenticated()).isZero();
        assertThat(client.output().frames()).isEmpty();
    }

    @Test
    void shouldTellTheClusterWhenItEnds() {
        answer(0);
        client.session().onGone();
        assertThat(reports).hasSize(2).last().satisfies(taken -> assertThat(taken.values())
                .containsOnly(0));
    }
}

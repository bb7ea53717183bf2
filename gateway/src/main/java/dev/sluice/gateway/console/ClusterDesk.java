// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.console;

import dev.sluice.gateway.console.EventFinder.History;
import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks all nodes, and answers the others for this one. A node has {@value #TIMEOUT_MS} ms; one that does not answer holds nobody up and is
 * named as silent. The bus is only for members, so a question that comes over it needs no token (docs/security.md). Any thread.
 */
public final class ClusterDesk extends VerticleBase {

    static final long TIMEOUT_MS = 2_000;

    private static final Logger LOGGER = LoggerFactory.getLogger(ClusterDesk.class);
    private static final String PREFIX = "sluice.admin.";
    private static final String ANSWER = "answer";
    private static final int REFUSED = 1;

    private final NodeDesk desk;
    private final Supplier<JsonObject> map;

    /**
     * A desk.
     *
     * @param map the cluster as this node sees it: {@code self}, {@code members}, {@code shards}, {@code quorum}, {@code changes}
     */
    public ClusterDesk(NodeDesk desk, Supplier<JsonObject> map) {
        this.desk = desk;
        this.map = map;
    }

    /**
     * What a node answered.
     *
     * @param member as the map of the cluster has it
     * @param silent whether it did not answer at all
     * @param body the answer; empty when what was asked for is not there, or the node is silent
     */
    record Answer(JsonObject member, boolean silent, Optional<JsonObject> body) {

        String id() {
            return member.getString("id");
        }
    }

    @Override
    public Future<?> start() {
        return vertx.eventBus()
                .<JsonObject>consumer(PREFIX + map().getString("self"), this::asked)
                .completion();
    }

    private void asked(Message<JsonObject> message) {
        Future.succeededFuture(message.body())
                .compose(body -> desk.answer(Question.parse(body)))
                .onSuccess(answer -> message.reply(new JsonObject().put(ANSWER, answer.orElse(null))))
                .onFailure(failure -> {
                    LOGGER.atWarn()
                            .addKeyValue("cause", failure.toString())
                            .log("could not answer the question of another node");
                    message.fail(REFUSED, "not understood, or not possible now");
                });
    }

    /** The cluster as this node sees it. */
    JsonObject map() {
        return map.get();
    }

    /** Looks for an event in the log; see {@link EventFinder#find}. */
    Future<Optional<History>> find(StreamKey stream, String id, Optional<String> source) {
        return desk.finder(vertx).find(stream, id, source);
    }

    /** Looks for the event at a position; see {@link EventFinder#find}. */
    Future<Optional<History>> find(StreamKey stream, Position position) {
        return desk.finder(vertx).find(stream, position);
    }

    /** Asks all gateway nodes; never fails. */
    Future<List<Answer>> askAll(Question question) {
        JsonObject seen = map();
        List<Future<Answer>> answers = new ArrayList<>();
        for (JsonObject member : members(seen)) {
            answers.add(ask(member, seen.getString("self"), question));
        }
        return Future.all(answers).map(all -> all.<Answer>list());
    }

    /** Asks one; empty when it is no gateway node of the cluster. Never fails. */
    Future<Optional<Answer>> ask(String id, Question question) {
        JsonObject seen = map();
        return members(seen).stream()
                .filter(member -> member.getString("id").equals(id))
                .findFirst()
                .map(member -> ask(member, seen.getString("self"), question).map(Optional::of))
                .orElseGet(() -> Future.succeededFuture(Optional.empty()));
    }

    /** Those that hold data: lite members only publish. */
    private static List<JsonObject> members(JsonObject seen) {
        JsonArray members = seen.getJsonArray("members");
        return members.stream()
                .map(JsonObject.class::cast)
                .filter(member -> !member.getBoolean("lite"))
                .toList();
    }

    private Future<Answer> ask(JsonObject member, String self, Question question) {
        Future<Optional<JsonObject>> answered = member.getString("id").equals(self)
                ? Future.succeededFuture(question).compose(desk::answer).timeout(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                : vertx.eventBus()
                        .<JsonObject>request(
                                PREFIX + member.getString("id"),
                                question.toJson(),
                                new DeliveryOptions().setSendTimeout(TIMEOUT_MS))
                        .map(reply -> Optional.ofNullable(reply.body().getJsonObject(ANSWER)));
        return answered.map(body -> new Answer(member, false, body)).otherwise(failure -> {
            LOGGER.atDebug()
                    .addKeyValue("member", member.getString("address"))
                    .addKeyValue("cause", failure.toString())
                    .log("a node did not answer");
            return new Answer(member, true, Optional.empty());
        });
    }
}

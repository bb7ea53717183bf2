// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.console;

import dev.sluice.gateway.hub.StreamUse;
import dev.sluice.gateway.session.SessionReport;
import dev.sluice.gateway.session.StreamReport;
import dev.sluice.stream.Position;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** The JSON of what nodes tell each other and operators; the schemas are in {@code openapi.yaml}. Pure. */
final class Reports {

    private Reports() {}

    static JsonObject session(SessionReport report) {
        return new JsonObject()
                .put("session", report.session())
                .put("org", report.org().orElse(null))
                .put("user", report.user().orElse(null))
                .put("transport", report.transport())
                .put("connectedAt", report.connectedAt())
                .put("lag", report.lag())
                .put("slowSamples", report.slowSamples())
                .put("subscriptions", report.subscriptions());
    }

    static JsonObject page(SessionReport.Page page) {
        JsonArray sessions = new JsonArray();
        page.sessions().forEach(report -> sessions.add(session(report)));
        return new JsonObject()
                .put("total", page.total())
                .put("matched", page.matched())
                .put("slow", page.slow())
                .put("sessions", sessions);
    }

    static JsonObject details(SessionReport.Details details) {
        JsonArray streams = new JsonArray();
        details.streams().forEach(report -> streams.add(stream(report)));
        return session(details.session()).put("streams", streams);
    }

    private static JsonObject stream(StreamReport report) {
        return new JsonObject()
                .put("service", report.service())
                .put("state", report.state())
                .put("cursor", position(report.cursor()))
                .put("head", position(report.head()))
                .put("lag", report.lag());
    }

    static JsonObject use(StreamUse use) {
        return new JsonObject()
                .put("org", use.key().org())
                .put("service", use.key().service())
                .put("head", position(use.head()))
                .put("eventsPerSecond", Math.round(use.eventsPerSecond() * 10) / 10.0)
                .put("heldBytes", use.heldBytes())
                .put("sessions", use.sessions());
    }

    /** As {@code epoch:seq}. */
    private static String position(Optional<Position> position) {
        return position.map(Position::toString).orElse(null);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.gateway.replay.Resume;
import dev.sluice.stream.Position;
import dev.sluice.stream.auth.Claims;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeSet;

/** The small frames from server to client (PROTOCOL section 4), {@code type} first. Event frames are made elsewhere, once for all. */
final class ServerFrames {

    private static final int PROTOCOL = 2;

    private ServerFrames() {}

    static ControlFrame welcome(
            String session, String node, Claims claims, long heartbeatMs, long serverTime, JsonObject flags) {
        return done(frame("welcome")
                .put("session", session)
                .put("node", node)
                .put("protocol", PROTOCOL)
                .put("org", claims.org().orElse(null))
                .put("user", claims.subject().orElse(null))
                .put(
                        "services",
                        claims.services()
                                .map(services -> new JsonArray(new ArrayList<>(new TreeSet<>(services))))
                                .orElseGet(() -> new JsonArray().add("*")))
                .put("heartbeatMs", heartbeatMs)
                .put("serverTime", serverTime)
                .put("tokenExpiresAt", claims.expiresAt().toEpochMilli())
                .put("flags", flags));
    }

    static ControlFrame subscribed(String service, String epoch, long oldest, Resume resume) {
        JsonObject frame =
                frame("subscribed").put("service", service).put("epoch", epoch).put("seq", resume.fence());
        resume.recovered().ifPresent(recovered -> {
            frame.put("recovered", recovered);
            if (recovered) {
                frame.put("replayed", resume.replayed());
            } else {
                frame.put("reason", resume.reason().orElseThrow().wire()).put("earliest", oldest);
            }
        });
        return done(frame);
    }

    static ControlFrame gap(String service, String epoch, long from, long to, String reason) {
        return done(frame("gap")
                .put("service", service)
                .put("epoch", epoch)
                .put("from", from)
                .put("to", to)
                .put("reason", reason));
    }

    static ControlFrame heartbeat(long serverTime, Map<String, Position> heads) {
        JsonObject byService = new JsonObject();
        heads.forEach((service, head) -> byService.put(
                service, new JsonObject().put("epoch", head.epoch()).put("seq", head.seq())));
        return done(frame("heartbeat").put("serverTime", serverTime).put("heads", byService));
    }

    static ControlFrame warning(String code, JsonObject details) {
        return done(frame("warning").put("code", code).mergeIn(details));
    }

    static ControlFrame goAway(String reason, long reconnectAfterMs, long deadlineMs) {
        return done(frame("goaway")
                .put("reason", reason)
                .put("reconnectAfterMs", reconnectAfterMs)
                .put("deadlineMs", deadlineMs));
    }

    static ControlFrame flags(JsonObject flags) {
        return done(frame("flags").mergeIn(flags));
    }

    static ControlFrame pong(Object t) {
        JsonObject frame = frame("pong");
        if (t != null) {
            frame.put("t", t);
        }
        return done(frame);
    }

    static ControlFrame error(String code, String message, boolean fatal, JsonObject details) {
        return done(frame("error")
                .put("code", code)
                .put("message", message)
                .put("fatal", fatal)
                .mergeIn(details));
    }

    private static JsonObject frame(String type) {
        return new JsonObject().put("type", type);
    }

    private static ControlFrame done(JsonObject frame) {
        return new ControlFrame(frame.getString("type"), frame.toBuffer().getBytes());
    }
}

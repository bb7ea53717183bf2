// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.flags;

import dev.sluice.gateway.admin.AdminAction;
import dev.sluice.gateway.admin.AdminDoor;
import dev.sluice.gateway.admin.RefusedException;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET} and {@code PUT /v2/realtime/config} (PROTOCOL section 7). Everybody may read; to change is for operators. Shared by all event loops.
 */
public final class ConfigRoutes {

    /** Where it is. */
    public static final String PATH = "/v2/realtime/config";

    private static final Logger LOGGER = LoggerFactory.getLogger(ConfigRoutes.class);
    private static final String HEARTBEAT = "heartbeatMs";
    private static final Set<String> MEMBERS = Set.of("realtime", "rolloutPercent", "transports", HEARTBEAT);

    private final ClusterFlags flags;
    private final AdminDoor door;
    private final long heartbeatMs;

    /** Routes; {@code heartbeatMs} is shown beside the flags and is the same on all nodes by configuration only. */
    public ConfigRoutes(ClusterFlags flags, AdminDoor door, long heartbeatMs) {
        this.flags = flags;
        this.door = door;
        this.heartbeatMs = heartbeatMs;
    }

    /** Adds the routes. */
    public void mount(Router router) {
        router.get(PATH).handler(routing -> show(routing.response()));
        router.put(PATH)
                .handler(routing -> door.act(routing, "flags_changed", (action, body) -> apply(action, parse(body))
                        .map(done -> shown())));
    }

    private JsonObject shown() {
        return flags.get().toJson().put(HEARTBEAT, heartbeatMs);
    }

    private void show(HttpServerResponse response) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(shown().toBuffer())
                .onFailure(gone -> LOGGER.atTrace().log("the client is gone"));
    }

    private FeatureFlags parse(Buffer body) {
        try {
            JsonObject json = new JsonObject(body);
            Optional<String> unknown = json.fieldNames().stream()
                    .filter(name -> !MEMBERS.contains(name))
                    .findFirst();
            if (unknown.isPresent()) {
                throw new IllegalArgumentException("there is no member '" + shorten(unknown.get())
                        + "'; there are realtime, rolloutPercent and transports");
            }
            if (json.containsKey(HEARTBEAT)
                    && !(json.getValue(HEARTBEAT) instanceof Number given && given.doubleValue() == heartbeatMs)) {
                throw new IllegalArgumentException(
                        "heartbeatMs is no flag: it is configured with gateway.session.heartbeat; leave it out");
            }
            return FeatureFlags.from(json);
        } catch (DecodeException | ClassCastException e) {
            throw new RefusedException(Problem.of(ProblemType.MALFORMED, "the body must be one JSON object"));
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Problem.of(ProblemType.INVALID_FLAGS, e.getMessage()));
        }
    }

    private static String shorten(String name) {
        return name.substring(0, Math.min(40, name.length()));
    }

    private Future<FeatureFlags> apply(AdminAction action, FeatureFlags wanted) {
        action.on("flags");
        action.detail("to", wanted.toJson().encode());
        return flags.set(wanted)
                .onSuccess(before -> action.detail("from", before.toJson().encode()));
    }
}

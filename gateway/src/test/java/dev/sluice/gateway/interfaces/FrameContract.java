// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.interfaces;

import dev.sluice.gateway.simulation.FakeOutput;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Holds every frame that any test of this module sees a session send against {@code asyncapi.yaml}: found by JUnit through its service file, whichever
 * engine runs the test.
 */
public final class FrameContract implements LauncherSessionListener {

    private static final InterfaceDocument DOCUMENT = InterfaceDocument.asyncApi();

    private static final Set<String> FROM_SERVER =
            Set.of("welcome", "subscribed", "event", "gap", "heartbeat", "warning", "goaway", "flags", "pong", "error");

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        FakeOutput.showTo(FrameContract::check);
    }

    /** Fails unless the frame is one that the server may send. */
    public static void check(JsonObject frame) {
        String type = frame.getString("type");
        if (!FROM_SERVER.contains(type)) {
            throw new AssertionError("the server has no frame of the type '" + type + "'");
        }
        DOCUMENT.check(type, frame);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import dev.sluice.gateway.admission.AdmissionOptions;
import dev.sluice.gateway.admission.UpgradeGate;
import dev.sluice.gateway.session.SessionRegistry;
import java.util.function.Supplier;

/** What the sessions of a node leave room for. */
record NodeRoom(SessionRegistry sessions, Supplier<AdmissionOptions> options) implements UpgradeGate.Room {

    @Override
    public boolean forOneMore() {
        return sessions.hasRoom() && sessions.unauthenticated() < options.get().maxUnauthenticated();
    }

    @Override
    public boolean forAddress(String address) {
        return sessions.hasRoom(address);
    }
}

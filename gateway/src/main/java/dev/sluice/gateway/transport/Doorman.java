// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport;

import dev.sluice.gateway.admission.OriginPolicy;
import dev.sluice.gateway.admission.UpgradeGate;
import dev.sluice.gateway.session.Transport;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who may knock at all, whatever the transport: pages of allowed origins, by a transport that is offered, while there is room. Who the
 * client is comes later, with its token. Thread-safe.
 *
 * @param offered the transports that new connections may use now, by their names
 */
public record Doorman(UpgradeGate gate, OriginPolicy origins, Supplier<List<String>> offered) {

    /**
     * Why not; empty when the client may come in, and that is then counted against the rate.
     *
     * @param address from where, if that counts
     */
    public Optional<Problem> refusal(HttpServerRequest request, Transport transport, Optional<String> address) {
        Optional<Problem> refusal = check(request, transport, address);
        refusal.ifPresent(problem -> gate.refused(problem.code()));
        return refusal;
    }

    private Optional<Problem> check(HttpServerRequest request, Transport transport, Optional<String> address) {
        if (!origins.allows(request)) {
            return Optional.of(Problem.of(
                    ProblemType.FOREIGN_ORIGIN,
                    "the origin is not on the allow-list (gateway.origins) of this gateway"));
        }
        List<String> transports = offered.get();
        if (!transports.contains(transport.wire())) {
            return Optional.of(
                    Problem.of(ProblemType.TRANSPORT_DISABLED, "this transport is switched off; use another one")
                            .with("transports", transports));
        }
        return gate.check(address);
    }
}

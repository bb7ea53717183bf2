// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import java.io.PrintWriter;

/**
 * What somebody who started the demo wants to copy.
 *
 * @param host where it listens
 * @param port where it listens
 * @param token a token that may read and publish
 */
record DemoBanner(String host, int port, String token) {

    void print(PrintWriter out) {
        String address = reachable(host) + ":" + port;
        out.printf(
                """

                Sluice is running. Ctrl-C stops it.

                  Page      http://%1$s/

                  Token     export TOKEN=%2$s

                  Watch     npx wscat -c "ws://%1$s/v2/realtime/stream?services=finance&access_token=$TOKEN"

                  Publish   curl -s http://%1$s/finance/revenue -H "Authorization: Bearer $TOKEN" \\
                                 -H "Content-Type: application/json" -d '{"amount": 1250.00, "currency": "EUR"}'

                """,
                address, token);
    }

    /** An address to connect to, for one to listen on. */
    static String reachable(String host) {
        return host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
    }
}

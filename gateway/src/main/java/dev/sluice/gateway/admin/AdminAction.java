// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.admin;

import dev.sluice.stream.auth.Claims;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One thing that somebody does as an operator, from the moment when it is known who: written to the audit log when it is over, whatever came of
 * it. Confined to the request's context.
 */
public final class AdminAction {

    /** The name of the audit log: outside of {@code dev.sluice}, so that no level meant for other lines takes it along. */
    public static final String LOG = "sluice.audit";

    private static final Logger AUDIT = LoggerFactory.getLogger(LOG);

    private final String name;
    private final Claims by;
    private final String address;
    private final Map<String, String> details = new LinkedHashMap<>();
    private String target = "";

    AdminAction(String name, Claims by, String address) {
        this.name = name;
        this.by = by;
        this.address = address;
    }

    /** What is acted upon; to be told before the cluster is asked, for what then fails may have happened. */
    public void on(String what) {
        target = what;
    }

    /** Something else to be written down; nothing secret. */
    public void detail(String key, String value) {
        details.put(key, value);
    }

    void done() {
        write("done");
    }

    void refused(String problem) {
        detail("problem", problem);
        write("refused");
    }

    /** It is unknown whether it has happened. */
    void failed(String problem) {
        detail("problem", problem);
        write("failed");
    }

    private void write(String outcome) {
        LoggingEventBuilder line = AUDIT.atInfo()
                .addKeyValue("action", name)
                .addKeyValue("outcome", outcome)
                .addKeyValue("user", by.subject().orElse(""))
                .addKeyValue("org", by.org().orElse(""))
                .addKeyValue("address", address)
                .addKeyValue("target", target);
        for (Map.Entry<String, String> detail : details.entrySet()) {
            line = line.addKeyValue(detail.getKey(), detail.getValue());
        }
        line.log("admin action");
    }
}

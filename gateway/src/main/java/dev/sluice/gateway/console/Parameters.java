// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.console;

import dev.sluice.gateway.admin.RefusedException;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.ext.web.RoutingContext;

/** Reads the parameters of operators' requests; what is out of bounds is refused, naming the parameter. */
final class Parameters {

    private static final int DEFAULT_LIMIT = 50;

    private Parameters() {}

    /** How many are asked for. */
    static int limit(RoutingContext routing) {
        String text = routing.request().getParam("limit");
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        if (text.matches("[0-9]{1,3}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= Question.MAX_LIMIT) {
            return Integer.parseInt(text);
        }
        throw malformed("limit", "limit must be 1 to " + Question.MAX_LIMIT);
    }

    /** A text; empty when there is none. */
    static String text(RoutingContext routing, String name, int maxLength) {
        String text = routing.request().getParam(name, "");
        if (text.length() > maxLength) {
            throw malformed(name, name + " has at most " + maxLength + " characters");
        }
        return text;
    }

    static RefusedException malformed(String attribute, String detail) {
        return new RefusedException(Problem.of(ProblemType.MALFORMED, detail).withAttribute(attribute));
    }
}

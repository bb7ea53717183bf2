// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import dev.sluice.stream.http.Problem;
import java.util.Optional;

/** A request that is refused, and the answer to it. */
public class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;
    private final String challenge;

    /** Refused with this answer. */
    public RefusedException(Problem problem) {
        this(problem, null);
    }

    /**
     * Refused for want of a better token.
     *
     * @param challenge what {@code WWW-Authenticate} says (RFC 6750), or null
     */
    RefusedException(Problem problem, String challenge) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
        this.challenge = challenge;
    }

    /** The answer. */
    public Problem problem() {
        return problem;
    }

    Optional<String> challenge() {
        return Optional.ofNullable(challenge);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.flags;

import dev.sluice.stream.http.Problem;

/** Carries a refusal through futures. */
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    RefusedException(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }
}

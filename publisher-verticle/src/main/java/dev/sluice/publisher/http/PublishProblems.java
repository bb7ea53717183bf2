// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import dev.sluice.publisher.PartialPublishException;
import dev.sluice.publisher.PublishUnavailableException;
import dev.sluice.publisher.PublisherBusyException;
import dev.sluice.stream.InvalidEventException;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import dev.sluice.stream.log.StreamLimitException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a publish that failed is told to a client. Only messages made to be shown get out. */
public final class PublishProblems {

    private static final Logger LOGGER = LoggerFactory.getLogger(PublishProblems.class);

    /** Streams are forgotten after a day; asking more often than this is no use. */
    private static final Duration STREAM_LIMIT_RETRY = Duration.ofHours(1);

    private PublishProblems() {}

    /** The answer to whatever {@link dev.sluice.publisher.EventPublisher} or {@link dev.sluice.stream.EventParser} failed with. */
    public static Problem of(Throwable failure) {
        if (failure instanceof RefusedException refused) {
            return refused.problem();
        }
        if (failure instanceof InvalidEventException invalid) {
            return invalid(invalid);
        }
        if (failure instanceof PublisherBusyException busy) {
            return Problem.of(busy.isOfOrg() ? ProblemType.ORG_BUSY : ProblemType.BUSY, busy.getMessage())
                    .withRetryAfter(busy.retryAfter());
        }
        if (failure instanceof StreamLimitException limit) {
            return Problem.of(ProblemType.STREAM_LIMIT, limit.getMessage()).withRetryAfter(STREAM_LIMIT_RETRY);
        }
        if (failure instanceof PublishUnavailableException unavailable) {
            return Problem.of(ProblemType.UNAVAILABLE, unavailable.getMessage())
                    .withRetryAfter(unavailable.retryAfter());
        }
        if (failure instanceof PartialPublishException partial) {
            return of(partial.getCause());
        }
        LOGGER.atError().setCause(failure).log("a publish failed in an unexpected way");
        return Problem.of(ProblemType.INTERNAL_ERROR, "something went wrong on the server");
    }

    private static Problem invalid(InvalidEventException invalid) {
        Problem problem = invalid.kind() == InvalidEventException.Kind.TOO_LARGE
                ? Problem.of(ProblemType.TOO_LARGE, invalid.getMessage())
                : Problem.of(ProblemType.MALFORMED, invalid.getMessage());
        return problem.withAttribute(invalid.attribute());
    }
}

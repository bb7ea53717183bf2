// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.plan;

/**
 * What is to be served, at its peak.
 *
 * @param sessions open at once
 * @param orgs among which they are spread evenly
 * @param services streams of each org
 * @param streamsPerSession how many of them a session listens to
 * @param eventsPerSecond of each org, over all its streams
 * @param eventBytes of one event, as CloudEvents JSON
 * @param eventsPerFrame how many go out in one frame on average; 1 when they come one by one
 */
public record Load(
        double sessions,
        double orgs,
        int services,
        int streamsPerSession,
        double eventsPerSecond,
        double eventBytes,
        double eventsPerFrame) {

    private static final double MOST = 1e9;
    private static final int MOST_SERVICES = 10_000;
    private static final int MOST_EVENT_BYTES = 65_536;
    private static final int MOST_EVENTS_PER_FRAME = 100;

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException naming the option and its bounds
     */
    public Load {
        Bounds.check("--sessions", sessions, 1, MOST);
        Bounds.check("--orgs", orgs, 1, MOST);
        Bounds.check("--services", services, 1, MOST_SERVICES);
        Bounds.check("--streams", streamsPerSession, 1, MOST_SERVICES);
        Bounds.check("--events", eventsPerSecond, 0, MOST);
        Bounds.check("--event-size", eventBytes, 1, MOST_EVENT_BYTES);
        Bounds.check("--events-per-frame", eventsPerFrame, 1, MOST_EVENTS_PER_FRAME);
        if (streamsPerSession > services) {
            throw new IllegalArgumentException("--streams must not be more than --services: a session cannot listen to "
                    + streamsPerSession + " streams of " + services);
        }
    }

    /** The same, so many times as large: more orgs of the same size. */
    public Load times(double factor) {
        return new Load(
                sessions * factor,
                Math.max(1, orgs * factor),
                services,
                streamsPerSession,
                eventsPerSecond,
                eventBytes,
                eventsPerFrame);
    }

    /** Streams in all. */
    public double streams() {
        return orgs * services;
    }

    /** Events a second in all. */
    public double events() {
        return orgs * eventsPerSecond;
    }

    /** Events written to sessions, a second, in all. */
    public double deliveries() {
        return sessions * eventsPerSecond * streamsPerSession / services;
    }
}

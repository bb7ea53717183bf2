// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

/** What a process is for. */
enum NodeRole {
    /** Serves clients, takes publishes over HTTP, holds a part of the log. */
    GATEWAY,
    /** Takes publishes over the event bus and HTTP; holds no data, so it comes and goes without moving any. */
    PUBLISHER,
    /** A publisher that brings the sample service along. */
    SAMPLE_PUBLISHER,
    /** Everything in one, with the sample service. */
    DEMO;

    /** Whether it is no gateway and holds no data. */
    boolean isLite() {
        return this == PUBLISHER || this == SAMPLE_PUBLISHER;
    }

    /** Whether it takes publishes over the event bus, too. Gateways do not: the bus would deal a service's events out among them. */
    boolean answersOnTheBus() {
        return this != GATEWAY;
    }

    /** Whether {@code POST /finance/revenue} is there. */
    boolean hasSample() {
        return this == SAMPLE_PUBLISHER || this == DEMO;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

/** What a process is for. */
enum NodeRole {
    /** Serves clients, takes publishes over HTTP, holds a part of the log. */
    GATEWAY,
    /** Takes publishes over the event bus and HTTP; holds no data, so it comes and goes without moving any. */
    PUBLISHER,
    /** Everything in one, with the sample service. */
    DEMO;

    boolean isLite() {
        return this == PUBLISHER;
    }
}

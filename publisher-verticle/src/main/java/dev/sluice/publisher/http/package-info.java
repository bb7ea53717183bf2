// SPDX-License-Identifier: Apache-2.0
/**
 * Publishing over HTTP: {@link dev.sluice.publisher.http.IngestRoutes} takes CloudEvents (PROTOCOL section 6), {@link
 * dev.sluice.publisher.http.PublishEndpoints} is what every route that publishes has in common. Requests stay on the event loop that
 * accepted them; the public types may be shared by all loops.
 */
package dev.sluice.publisher.http;

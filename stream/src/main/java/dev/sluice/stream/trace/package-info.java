// SPDX-License-Identifier: Apache-2.0
/**
 * Tracing of events from publish to delivery (docs/adr/0014): the W3C trace context that an event carries, and the spans that are made of
 * it. Only {@link dev.sluice.stream.trace.OpenTelemetryTracing} knows OpenTelemetry, so where tracing is off none of it is loaded.
 */
package dev.sluice.stream.trace;

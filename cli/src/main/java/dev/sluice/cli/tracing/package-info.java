// SPDX-License-Identifier: Apache-2.0
/** Sends the spans of traced events to a collector, over OTLP; nothing of it is loaded where tracing is off (docs/adr/0014). */
package dev.sluice.cli.tracing;

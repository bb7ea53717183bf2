// SPDX-License-Identifier: Apache-2.0
/** What goes to the log, and how: JSON lines for machines, coloured lines for a terminal. Configured once at start. */
package dev.sluice.cli.logging;

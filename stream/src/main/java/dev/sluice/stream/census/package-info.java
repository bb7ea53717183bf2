// SPDX-License-Identifier: Apache-2.0
/** Counts that the nodes of a cluster keep together, each its own share. Sees nobody of Sluice. */
package dev.sluice.stream.census;

// SPDX-License-Identifier: Apache-2.0
/**
 * The hot pieces by themselves, each beside a baseline: the naive way to do the same, or the raw operation that nothing can beat. What the
 * whole system does is measured elsewhere; these tell which piece to look at. Figures: docs/benchmarks/micro.md.
 */
package dev.sluice.benchmarks.jmh;

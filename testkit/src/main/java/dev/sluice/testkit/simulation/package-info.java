// SPDX-License-Identifier: Apache-2.0
/**
 * Whole clusters in one thread, from a seed: real gateways, sessions and log states on a simulated clock, network and bus. What is real and
 * what is not: ADR 0009.
 */
package dev.sluice.testkit.simulation;

// SPDX-License-Identifier: Apache-2.0
/**
 * What publishers and subscribers saw, and whether it is what PROTOCOL section 2 promises. Pure: no clock, no thread, no input or output
 * of its own, so that tests, real clusters and simulations are judged by the same code.
 */
package dev.sluice.testkit.history;

// SPDX-License-Identifier: Apache-2.0
/**
 * Tools to test a deployment of Sluice, ours or yours: real processes, clients that check the promises while they receive. Sees everything;
 * nothing sees it.
 */
package dev.sluice.testkit;

// SPDX-License-Identifier: Apache-2.0
/** Builds of the product that are broken on purpose: what the history checker is for, it must find in them. */
package dev.sluice.testkit.broken;

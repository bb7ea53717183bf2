// SPDX-License-Identifier: Apache-2.0
/** Real nodes in processes of their own, and what can be done to them. */
package dev.sluice.testkit.cluster;

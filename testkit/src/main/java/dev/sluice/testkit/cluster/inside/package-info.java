// SPDX-License-Identifier: Apache-2.0
/**
 * What runs inside the processes of a test cluster that was started with switches: put before the product's jar on the class path, never part
 * of it. Depends on nothing else of the testkit, for nothing else of it is there.
 */
package dev.sluice.testkit.cluster.inside;

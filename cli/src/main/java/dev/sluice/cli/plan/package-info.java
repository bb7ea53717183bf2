// SPDX-License-Identifier: Apache-2.0
/** How many nodes of what size a load needs, from what was measured. Pure but for reading the table of costs. */
package dev.sluice.cli.plan;

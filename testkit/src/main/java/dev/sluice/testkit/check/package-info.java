// SPDX-License-Identifier: Apache-2.0
/** The commands of the testkit: {@code ./sluice check}, which judges any deployment by what its clients see. */
package dev.sluice.testkit.check;

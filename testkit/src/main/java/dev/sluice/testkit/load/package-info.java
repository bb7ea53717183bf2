// SPDX-License-Identifier: Apache-2.0
/** Many events to many sessions, checked and timed. */
package dev.sluice.testkit.load;

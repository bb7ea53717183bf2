// SPDX-License-Identifier: Apache-2.0
/** What fuzz tests of all modules share: the bounds that no input may break, and checks of what was accepted. */
package dev.sluice.stream.fuzz;

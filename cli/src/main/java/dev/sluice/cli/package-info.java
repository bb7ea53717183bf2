// SPDX-License-Identifier: Apache-2.0
/**
 * The program: the verbs of {@code ./sluice}, the root of the configuration, and {@link dev.sluice.cli.Node}, which puts the
 * modules together in one process.
 */
package dev.sluice.cli;

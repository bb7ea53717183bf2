// SPDX-License-Identifier: Apache-2.0
/**
 * A cluster of processes on this machine, for development: starts them, waits until they are ready, stops them. A child's
 * output is read by a thread of its own; the rest happens on the thread of the verb and in a shutdown hook.
 */
package dev.sluice.cli.local;

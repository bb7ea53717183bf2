// SPDX-License-Identifier: Apache-2.0
/**
 * A gateway without threads, sockets and a cluster: loops that a test runs, time that a test moves, a bus that loses, a log
 * that stalls. Everything on the test's thread, so that a failure repeats itself.
 */
package dev.sluice.gateway.simulation;

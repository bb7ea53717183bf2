// SPDX-License-Identifier: Apache-2.0
/**
 * What operators see and do: this node's part ({@code NodeDesk}), that of all nodes collected over the bus ({@code ClusterDesk}), and the routes
 * with their guard. Sees sessions, the hub and their figures; nobody sees it but the composition root. Any thread.
 */
package dev.sluice.gateway.console;

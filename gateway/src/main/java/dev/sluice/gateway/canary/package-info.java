// SPDX-License-Identifier: Apache-2.0
/**
 * Pushes without an event from every node to every other one, so that a registration which the bus has lost is found and made again within
 * seconds, whether or not anything is published. Confined to the hub's loop; counts rounds, not seconds, so a pause of whichever node proves nothing.
 */
package dev.sluice.gateway.canary;

// SPDX-License-Identifier: Apache-2.0
/** How many connections a user, an org or an address has, on this node and in the whole cluster. Sees nobody. */
package dev.sluice.gateway.census;

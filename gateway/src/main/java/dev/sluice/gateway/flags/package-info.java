// SPDX-License-Identifier: Apache-2.0
/** The feature flags of the cluster, and the route that shows and changes them (PROTOCOL section 7). Any thread. Sees nobody. */
package dev.sluice.gateway.flags;

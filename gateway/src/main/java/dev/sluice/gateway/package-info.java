// SPDX-License-Identifier: Apache-2.0
/**
 * A gateway node. Imports go one way: this package sees all; {@code transport} sees {@code session} and {@code admission}; {@code session} sees
 * {@code hub}; {@code hub} sees {@code replay} and {@code loop}; all may see {@code ops.GatewayMetrics}.
 */
package dev.sluice.gateway;

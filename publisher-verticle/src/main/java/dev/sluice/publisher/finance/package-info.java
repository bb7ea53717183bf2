// SPDX-License-Identifier: Apache-2.0
/**
 * A sample domain service: what it takes to turn a change in one's own domain into events that reach every browser. To be copied. {@link
 * dev.sluice.publisher.finance.FinanceRoutes} knows HTTP, {@link dev.sluice.publisher.finance.RevenueService} knows events, {@code
 * Revenue} knows the domain. May be shared by all event loops.
 */
package dev.sluice.publisher.finance;

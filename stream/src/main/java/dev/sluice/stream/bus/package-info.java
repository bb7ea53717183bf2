// SPDX-License-Identifier: Apache-2.0
/** The push path over the clustered event bus: addresses, messages and their codec. Fast, and allowed to lose. */
package dev.sluice.stream.bus;

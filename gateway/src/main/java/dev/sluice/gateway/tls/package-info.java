// SPDX-License-Identifier: Apache-2.0
/** The certificate that clients see, and its replacement while they are connected. Any thread. */
package dev.sluice.gateway.tls;

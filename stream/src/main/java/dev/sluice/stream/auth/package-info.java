// SPDX-License-Identifier: Apache-2.0
/** Tokens: what they say (PROTOCOL section 3) and how they are verified. Used by the gateway and by HTTP publishing. */
package dev.sluice.stream.auth;

// SPDX-License-Identifier: Apache-2.0
/** Tokens that are not accepted although they have not ended: which, known to all nodes of a cluster. Any thread; nothing here blocks the caller. */
package dev.sluice.stream.revocation;

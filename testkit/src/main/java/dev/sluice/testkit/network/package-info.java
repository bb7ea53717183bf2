// SPDX-License-Identifier: Apache-2.0
/**
 * A network in user space: hosts are network namespaces of Linux, the wire between them is ours and can be cut, slowed down and made
 * to lose. Knows nothing of Sluice. See docs/adr/0006-a-wire-in-user-space.md.
 */
package dev.sluice.testkit.network;

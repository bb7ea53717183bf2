// SPDX-License-Identifier: Apache-2.0
/** The doors: the only packages that know sockets. What they have in common is here. */
package dev.sluice.gateway.transport;

// SPDX-License-Identifier: Apache-2.0
/** Threads by another name: the event loops that own hubs and sessions. */
package dev.sluice.gateway.loop;

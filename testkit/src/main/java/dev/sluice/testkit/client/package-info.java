// SPDX-License-Identifier: Apache-2.0
/** Clients that publish and subscribe as anybody may, over HTTP and WebSocket. */
package dev.sluice.testkit.client;

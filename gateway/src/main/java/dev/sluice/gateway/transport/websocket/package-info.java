// SPDX-License-Identifier: Apache-2.0
/** WebSocket: upgrade, frames in, shared frames out. With its siblings the only package that knows a socket. */
package dev.sluice.gateway.transport.websocket;

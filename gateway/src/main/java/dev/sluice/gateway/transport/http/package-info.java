// SPDX-License-Identifier: Apache-2.0
/**
 * Server-sent events and long polls (PROTOCOL section 5): other ways out for the same sessions. Everything is confined to the event loop of
 * the connection.
 */
package dev.sluice.gateway.transport.http;

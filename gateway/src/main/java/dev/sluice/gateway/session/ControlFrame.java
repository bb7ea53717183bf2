// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

/**
 * A small frame from server to client, any but {@code event}.
 *
 * @param type its {@code type}
 * @param json the whole frame; not to be written to
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record ControlFrame(String type, byte[] json) {}

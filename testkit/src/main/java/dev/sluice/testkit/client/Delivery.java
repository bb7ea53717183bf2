// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.client;

/**
 * One event as a subscriber got it.
 *
 * @param id the CloudEvents id
 * @param replay whether it came as replay
 * @param latencyMs to its arrival from when its publisher says it was sent ({@code data.sentAt}, epoch milliseconds), else from
 *     the log's acceptance; by the clocks of the two machines
 */
public record Delivery(String service, String epoch, long seq, String id, boolean replay, long latencyMs) {}

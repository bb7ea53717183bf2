// SPDX-License-Identifier: Apache-2.0
/**
 * Publishing: {@link dev.sluice.publisher.EventPublisher} for services in the cluster, {@link
 * dev.sluice.publisher.PublisherVerticle} for those that know the event bus only; {@code http} for all others.
 *
 * <p>The public types may be called from any thread. Behind them, everything of a publisher is confined to one event loop
 * ({@code Loop}) and needs no lock.
 */
package dev.sluice.publisher;

// SPDX-License-Identifier: Apache-2.0
/**
 * Configuration: typed records filled from one YAML file and the environment, checked once at start. {@link
 * dev.sluice.stream.config.ConfigLoader} is the way in. Nothing here keeps state; all of it may be called from any thread,
 * but it reads files, so not from an event loop.
 */
package dev.sluice.stream.config;

// SPDX-License-Identifier: Apache-2.0
/** Configuration: typed records filled from one YAML file and the environment, checked once at start. */
package dev.sluice.stream.config;
